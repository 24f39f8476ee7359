import * as tf from '@tensorflow/tfjs-core';
import { Linear, packHalves, Random, valueAndGradients } from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { describe, expect, it } from 'vitest';
import { selfCheck } from '../self-check/index.js';
import { linearWithin } from './linear.js';
import { normals, runKernel, startWebGpu } from './webgpu.test.helper.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Numbers of a half's 11 bits, the least and the largest that are packed and both zeros among them. */
function halves(seed: number, count: number): Float32Array {
  const values = new Float32Array(
    Uint32Array.from(new Uint32Array(normals(seed, count, 0.1).buffer), (bits) => bits & 0xffffe000).buffer,
  );
  values.set([2 ** -24, -(2 ** -24), 1023 * 2 ** -24, 63.96875, -63.96875, 0, -0].slice(0, count));
  return values;
}

const reason = await startWebGpu();

describe.skipIf(reason)('packed halves on WebGPU', () => {
  it.each([
    [1, 1, 2, 'gelu'],
    [53, 33, 14, 'none'],
    [7, 65, 68, 'none'],
    [65, 19, 1030, 'none'],
    [321, 41, 324, 'none'],
  ])('multiply [%i, %i] by [.., %i] to the same bits, %s after it', async (M, K, N, activation) => {
    const weight = halves(2, K * N);
    const x = { values: normals(1, M * K), shape: [M, K] };
    const bias = { values: normals(3, N), shape: [N] };
    const full = { values: weight, shape: [K, N] };
    const packed = { values: packHalves(weight)!, shape: [K, N / 2], dtype: 'int32' as const };
    expect((await runKernel('UnpackHalves', { halves: packed }))[0]).toEqual({ ...full, dtype: 'float32' });
    const [y] = await runKernel('LinearHalves', { x, weight: packed, bias }, { activation });
    expect(y).toEqual((await runKernel('Linear', { x, weight: full, bias }, { activation }))[0]);
  });

  it.each([
    [5, 200, 12],
    [5, 130, 6],
  ])('take a weight [%i, %i, %i] that is too large for a shader in parts', async (M, K, N) => {
    const values = halves(2, K * N);
    const [x, bias] = [tf.tensor(normals(1, M * K), [M, K]), tf.tensor(normals(3, N))];
    const weights = [tf.tensor(values, [K, N]), tf.tensor(packHalves(values)!, [K, N / 2], 'int32')];
    const before = tf.backend().numDataIds();
    const [full, packed] = weights.map((weight) => {
      const info = linearWithin(tf.backend() as WebGpuBackend, { x, weight, bias }, true, 64 * N * 4);
      return tf.engine().makeTensorFromTensorInfo(info);
    });
    expect(await packed.data()).toEqual(await full.data());
    tf.dispose([full, packed]);
    expect(tf.backend().numDataIds()).toBe(before);
    tf.dispose([x, bias, ...weights]);
  });

  it('halve the memory of a layer, whose outputs and gradients stay the same bits', async () => {
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const before = tf.memory().numTensors;
    const layer = new Linear(192, 256, { random: new Random(1) });
    const data = halves(4, 192 * 256);
    layer.weight.set(data);
    const x = tf.tensor(normals(5, 2 * 7 * 192), [2, 7, 192]);
    const run = async () => {
      const y = tf.tidy(() => layer.forward(x));
      const values = await y.data();
      y.dispose();
      return values;
    };
    const full = await run();
    const whole = bytes();
    await layer.packHalves();
    expect(await run()).toEqual(full);
    expect(whole - bytes()).toBe(192 * 256 * 2);
    expect(await layer.weight.data()).toEqual(data);
    expect(layer.weight.halves).toBeDefined();

    const gradient = async () => {
      const loss = () => tf.sum(layer.forward(x)) as tf.Scalar;
      const { value, gradients } = valueAndGradients(loss, layer.trainableParameters());
      const read = [];
      for (const tensor of [value, ...gradients.values()]) read.push(await tensor.data());
      tf.dispose([value, ...gradients.values()]);
      return read;
    };
    const ofPacked = await gradient();
    expect(layer.weight.halves).toBeUndefined();
    expect(await gradient()).toEqual(ofPacked);
    expect(await layer.weight.data()).toEqual(data);
    layer.dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('pass the self-check, which finds a kernel that gives zeros', async () => {
    expect(await selfCheck()).toEqual({ ok: true, failures: [] });
    const original = tf.getKernel('LinearHalves', 'webgpu');
    tf.unregisterKernel('LinearHalves', 'webgpu');
    tf.registerKernel({ ...original, kernelFunc: () => tf.zeros([19, 22]) });
    const { failures } = await selfCheck();
    tf.unregisterKernel('LinearHalves', 'webgpu');
    tf.registerKernel(original);
    expect(failures.map(({ check }) => check)).toEqual(['linear of halves']);
  });
});
