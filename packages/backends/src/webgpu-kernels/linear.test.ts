import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { erf, matMul } from '../self-check/reference.js';
import { linearWithin } from './linear.js';
import { expectClose, normals, runKernel, startWebGpu } from './webgpu.test.helper.js';
import type { WebGpuBackend } from './webgpu-backend.js';

const gelu = (x: number) => x * 0.5 * (1 + erf(x * Math.SQRT1_2));

function reference(M: number, K: number, N: number, withBias: boolean, activated: boolean) {
  const x = { values: normals(1, M * K), shape: [M, K] };
  const weight = { values: normals(2, K * N), shape: [K, N] };
  const bias = { values: normals(3, N), shape: [N] };
  const sums = matMul(x, weight, false, false).map((sum, i) => sum + (withBias ? bias.values[i % N] : 0));
  const inputs: Record<string, { values: Float32Array; shape: number[] }> = { x, weight };
  if (withBias) inputs['bias'] = bias;
  return { inputs, expected: activated ? sums.map(gelu) : sums };
}

const reason = await startWebGpu();

describe.skipIf(reason)('Linear on WebGPU', () => {
  it.each([
    [1, 1, 1],
    [1, 13, 7],
    [3, 64, 4],
    [53, 33, 13],
    [7, 521, 64],
    [521, 96, 260],
    [130, 40, 1031],
  ])('multiplies [%i, %i] by [.., %i]', async (M, K, N) => {
    for (const [withBias, activated] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const { inputs, expected } = reference(M, K, N, withBias, activated);
      const [y] = await runKernel('Linear', inputs, { activation: activated ? 'gelu' : 'none' });
      expect(y.shape).toEqual([M, N]);
      expectClose(y.values, expected);
    }
  });

  it('takes sizes of zero', async () => {
    expect((await runKernel('Linear', reference(0, 3, 2, true, false).inputs))[0].shape).toEqual([0, 2]);
    const { inputs } = reference(2, 0, 4, true, false);
    expectClose((await runKernel('Linear', inputs))[0].values, [
      ...inputs['bias'].values,
      ...inputs['bias'].values,
    ]);
  });

  it.each([
    [5, 200, 12],
    [5, 130, 7],
  ])('takes a weight [%i, %i, %i] that is too large for a shader in parts', async (M, K, N) => {
    const { inputs, expected } = reference(M, K, N, true, true);
    const tensor = ({ values, shape }: { values: Float32Array; shape: number[] }) => tf.tensor(values, shape);
    const tensors = {
      x: tensor(inputs['x']),
      weight: tensor(inputs['weight']),
      bias: tensor(inputs['bias']),
    };
    const before = tf.backend().numDataIds();
    const info = linearWithin(tf.backend() as WebGpuBackend, tensors, true, 64 * N * 4);
    const y = tf.engine().makeTensorFromTensorInfo(info);
    expectClose(await y.data(), expected);
    y.dispose();
    expect(tf.backend().numDataIds()).toBe(before);
    tf.dispose(Object.values(tensors));
  });
});
