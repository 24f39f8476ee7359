import * as tf from '@tensorflow/tfjs-core';
import { BackendError, DeviceLostError } from '@visual-echoes/core';
import { afterAll, describe, expect, it } from 'vitest';
import { selfCheck } from '../self-check/index.js';
import { checkDevice } from './watch-device.js';
import { startWebGpu } from './webgpu.test.helper.js';
import { runShader, type WebGpuBackend } from './webgpu-backend.js';

const reason = await startWebGpu();

/** Replaces `Exp` by a shader of this source while `f` runs. */
async function withExp<T>(code: string, f: () => Promise<T>): Promise<T> {
  const original = tf.getKernel('Exp', 'webgpu');
  tf.unregisterKernel('Exp', 'webgpu');
  tf.registerKernel({
    ...original,
    kernelFunc: ({ inputs, backend }) => {
      const { x } = inputs as Record<string, tf.TensorInfo>;
      const gpu = backend as WebGpuBackend;
      const output = gpu.makeTensorInfo(x.shape, 'float32');
      return runShader(gpu, {
        key: code,
        code,
        workgroupSize: [64],
        dispatch: [64],
        inputs: { x },
        output,
        integers: { count: x.shape[0] },
      });
    },
  });
  try {
    return await f();
  } finally {
    tf.unregisterKernel('Exp', 'webgpu');
    tf.registerKernel(original);
  }
}

describe.skipIf(reason)('watchDevice', () => {
  afterAll(() => tf.removeBackend('webgpu'));

  it('throws where a shader is refused, once, and TensorFlow.js would give zeros', async () => {
    await withExp('fn main() { nonsense }', async () => {
      const y = tf.exp(tf.ones([3000]));
      await expect(y.data()).rejects.toThrow(BackendError);
      const z = tf.exp(tf.ones([3000]));
      await expect(z.data()).rejects.toThrow(/The GPU refused a command: .*nvalid/);
    });
    await checkDevice();
  });

  it('leaves a broken kernel to the self-check: one that is refused, and one that computes wrong', async () => {
    for (const [code, message] of [
      ['fn main() { also nonsense }', /^exp: The GPU refused a command/],
      [
        'fn main() { let i = i32(globalId.x); if (i < uniforms.count) { result[i] = 1.001 * exp(x[i]); } }',
        /^exp: off by 1\.0e-3/,
      ],
    ] as const) {
      const { ok, failures } = await withExp(code, selfCheck);
      expect(ok).toBe(false);
      expect(failures.find(({ check }) => check === 'exp')?.message).toMatch(message);
    }
    expect(await selfCheck()).toEqual({ ok: true, failures: [] });
  });

  it('throws once the device is lost in the middle of a run', async () => {
    const x = tf.ones([300, 300]);
    const first = tf.matMul(x, x);
    expect((await first.data())[0]).toBe(300);
    const y = tf.matMul(first as tf.Tensor2D, x);
    (tf.backend() as WebGpuBackend).device.destroy();
    await expect(y.data()).rejects.toThrow(DeviceLostError);
    const again = async () => tf.matMul(x, x).data();
    await expect(again()).rejects.toThrow(/The GPU device was lost \(destroyed.*choose a backend again/);
    await expect(checkDevice()).rejects.toThrow(DeviceLostError);
  });
});
