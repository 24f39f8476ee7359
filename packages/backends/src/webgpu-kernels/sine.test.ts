import { describe, expect, it } from 'vitest';
import { runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();

describe.skipIf(reason).each([
  ['Sin', Math.sin],
  ['Cos', Math.cos],
] as const)('%s on WebGPU', (name, exact) => {
  // What a float's own distance from its neighbours makes of a large argument is in `values` already.
  it.each([
    [1.6, 2e-7],
    [40, 3e-7],
    [1000, 1e-6],
  ])('is exact to ±%f', async (most, tolerance) => {
    const values = Float32Array.from({ length: 3001 }, (_, i) => -most + (2 * most * i) / 3000);
    const [y] = await runKernel(name, { x: { values, shape: [3001] } });
    values.forEach((x, i) => {
      expect(Math.abs(y.values[i] - exact(x))).toBeLessThanOrEqual(tolerance);
    });
  });

  it('takes nothing', async () => {
    expect((await runKernel(name, { x: { values: [], shape: [0, 4] } }))[0].shape).toEqual([0, 4]);
  });
});
