import { describe, expect, it } from 'vitest';
import { erf } from '../self-check/reference.js';
import { expectClose, normals, runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();
const cumulative = (x: number) => 0.5 * (1 + erf(x * Math.SQRT1_2));

describe.skipIf(reason)('GELU on WebGPU', () => {
  it('is exact, and its gradient too, from −9 to 9', async () => {
    const shape = [7, 13, 53];
    const count = 7 * 13 * 53;
    const x = { values: Float32Array.from({ length: count }, (_, i) => -9 + (18 * i) / (count - 1)), shape };
    const dy = { values: normals(1, count), shape };
    const [y] = await runKernel('Gelu', { x });
    expect(y.shape).toEqual(shape);
    // Φ is half of 1 + erf, so that erf within 3e-7 shows as x·1.5e-7, and rounding as 6e-8 of y.
    x.values.forEach((v, i) => {
      expect(Math.abs(y.values[i] - v * cumulative(v))).toBeLessThanOrEqual(Math.abs(v) * 2.5e-7);
    });
    const [dx] = await runKernel('GeluGrad', { x, dy });
    const slope = (v: number) => cumulative(v) + (v * Math.exp(-0.5 * v * v)) / Math.sqrt(2 * Math.PI);
    expectClose(
      dx.values,
      Float64Array.from(x.values, (v, i) => dy.values[i] * slope(v)),
      1e-6,
    );
  });

  it('takes nothing', async () => {
    expect((await runKernel('Gelu', { x: { values: [], shape: [0, 4] } }))[0].shape).toEqual([0, 4]);
  });
});
