import * as tf from '@tensorflow/tfjs-core';
import { BackendError, CancelledError, gelu } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { warmUp } from './warm-up.js';
import { startWebGpu } from './webgpu.test.helper.js';
import type { WebGpuBackend } from './webgpu-backend.js';

const reason = await startWebGpu();
const shaders = () => Object.keys((tf.backend() as WebGpuBackend).pipelineCache).length;

describe.skipIf(reason)('warmUp', () => {
  it('compiles every shader of a run ahead, and leaves right values and no tensor', async () => {
    const x = tf.fill([64, 64], 0.5);
    const run = () => gelu(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D));
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    await warmUp(run, {
      onProgress: ({ compiled, shaders: all }) => {
        seen.push(compiled);
        expect(all).toBeGreaterThanOrEqual(2);
      },
    });
    expect(seen).toEqual(seen.map((_, i) => i));
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(tf.memory().numTensors).toBe(before);
    const compiled = shaders();
    const y = tf.tidy(run);
    expect((await y.data())[0]).toBeCloseTo(16, 4);
    expect(shaders()).toBe(compiled);
    tf.dispose([x, y]);
  });

  it('lets a table of given values be kept', async () => {
    let table: tf.Tensor | undefined;
    const run = () => {
      table ??= tf.keep(tf.range(0, 3000));
      return tf.mul(table, 3);
    };
    await warmUp(run);
    const y = tf.tidy(run);
    expect((await y.data())[2999]).toBe(8997);
    tf.dispose([y, table!]);
  });

  it('says where a tensor without values was kept, and stops when asked', async () => {
    const kept: tf.Tensor[] = [];
    const run = () => {
      kept.push(tf.keep(tf.mul(tf.ones([4000]), 2)));
      return tf.scalar(1);
    };
    await expect(warmUp(run)).rejects.toThrow(BackendError);
    expect(tf.env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')).toBe(false);
    tf.dispose(kept);
    await expect(warmUp(run, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });
});
