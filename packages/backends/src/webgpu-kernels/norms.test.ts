import { describe, expect, it } from 'vitest';
import { expectClose, normals, runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();
const epsilon = 1e-6;

/** (x − mean) / √(variance + ε) and 1 / √(variance + ε) of some numbers. */
function standardize(x: number[]): [normal: number[], inverse: number] {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const inverse = 1 / Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length + epsilon);
  return [x.map((v) => (v - mean) * inverse), inverse];
}

describe.skipIf(reason)('LayerNorm on WebGPU', () => {
  it.each([
    [1, 1],
    [3, 7],
    [53, 64],
    [7, 521],
    [300, 13],
  ])('normalizes [%i, %i], with its gradients', async (M, D) => {
    const x = { values: normals(1, M * D).map((v) => v + 3), shape: [M, D] };
    const weight = { values: normals(2, D), shape: [D] };
    const bias = { values: normals(3, D), shape: [D] };
    const dy = { values: normals(4, M * D), shape: [M, D] };
    const y = new Float64Array(M * D);
    const dx = new Float64Array(M * D);
    const dWeight = new Float64Array(D);
    const dBias = new Float64Array(D);
    for (let row = 0; row < M; row++) {
      const [normal, inverse] = standardize([...x.values.subarray(row * D, (row + 1) * D)]);
      const d = normal.map((_, i) => dy.values[row * D + i] * weight.values[i]);
      const mean = d.reduce((a, b) => a + b) / D;
      const along = d.reduce((sum, v, i) => sum + v * normal[i], 0) / D;
      normal.forEach((n, i) => {
        y[row * D + i] = n * weight.values[i] + bias.values[i];
        dx[row * D + i] = (d[i] - mean - n * along) * inverse;
        dWeight[i] += dy.values[row * D + i] * n;
        dBias[i] += dy.values[row * D + i];
      });
    }
    const [ours] = await runKernel('LayerNorm', { x, weight, bias }, { epsilon });
    expectClose(ours.values, y);
    const gradients = await runKernel('LayerNormGrad', { x, weight, dy }, { epsilon });
    expect(gradients.map(({ shape }) => shape)).toEqual([[M, D], [D], [D]]);
    if (D > 1) expectClose(gradients[0].values, dx, 1e-4); // of one value: zero but for rounding
    if (D > 1) expectClose(gradients[1].values, dWeight, 1e-4);
    expectClose(gradients[2].values, dBias, 1e-4);
  });

  it('gives zeros for the weights of no rows', async () => {
    const nothing = { values: [], shape: [0, 3] };
    const weight = { values: [1, 2, 3], shape: [3] };
    const [y] = await runKernel('LayerNorm', { x: nothing, weight, bias: weight }, { epsilon });
    expect(y.shape).toEqual([0, 3]);
    const [, dWeight, dBias] = await runKernel(
      'LayerNormGrad',
      { x: nothing, weight, dy: nothing },
      { epsilon },
    );
    expect([...Array.from(dWeight.values), ...Array.from(dBias.values)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe.skipIf(reason)('GroupNorm on WebGPU', () => {
  it.each([
    [1, 1, 1, 2, 1],
    [2, 3, 5, 6, 3],
    [3, 13, 7, 32, 32],
    [2, 53, 31, 16, 2],
  ])('normalizes [%i, %i, %i, %i] in %i groups', async (B, H, W, C, groups) => {
    const x = { values: normals(1, B * H * W * C).map((v) => v + 2), shape: [B, H, W, C] };
    const weight = { values: normals(2, C), shape: [C] };
    const bias = { values: normals(3, C), shape: [C] };
    for (const swish of [false, true]) {
      const expected = new Float64Array(B * H * W * C);
      for (let sample = 0; sample < B; sample++) {
        for (let group = 0; group < groups; group++) {
          const at = Array.from({ length: expected.length / B }, (_, i) => sample * H * W * C + i).filter(
            (i) => Math.floor((i % C) / (C / groups)) === group,
          );
          const [normal] = standardize(at.map((i) => x.values[i]));
          at.forEach((to, i) => {
            const y = normal[i] * weight.values[to % C] + bias.values[to % C];
            expected[to] = swish ? y / (1 + Math.exp(-y)) : y;
          });
        }
      }
      const [y] = await runKernel('GroupNorm', { x, weight, bias }, { groups, epsilon, swish });
      expect(y.shape).toEqual([B, H, W, C]);
      expectClose(y.values, expected);
    }
  });

  it('takes a batch of none', async () => {
    const x = { values: [], shape: [0, 2, 2, 4] };
    const four = { values: [1, 2, 3, 4], shape: [4] };
    const [y] = await runKernel(
      'GroupNorm',
      { x, weight: four, bias: four },
      { groups: 2, epsilon, swish: true },
    );
    expect(y.shape).toEqual([0, 2, 2, 4]);
  });
});
