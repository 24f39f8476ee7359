import { InvalidInputError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();

describe.skipIf(reason)('NearestCode on WebGPU', () => {
  it.each([
    [1, 1, 1],
    [3, 7, 13],
    [53, 521, 5],
    [130, 100, 70],
    [65, 17, 256],
  ])('finds for %i vectors the nearest of %i codes of %i', async (N, K, D) => {
    const vectors = normals(1, N * D);
    const codes = normals(2, K * D);
    if (K > 1) codes.copyWithin((K - 1) * D, 0, D); // the last code is the first: of equals the first is taken
    vectors.set(codes.subarray(0, D));
    const expected = Array.from({ length: N }, (_, n) => {
      const distances = Array.from({ length: K }, (_, k) => {
        let sum = 0;
        for (let d = 0; d < D; d++) sum += (vectors[n * D + d] - codes[k * D + d]) ** 2;
        return sum;
      });
      return distances.indexOf(Math.min(...distances));
    });
    const [nearest] = await runKernel('NearestCode', {
      vectors: { values: vectors, shape: [N, D] },
      codes: { values: codes, shape: [K, D] },
    });
    expect(nearest.dtype).toBe('int32');
    expect(Array.from(nearest.values)).toEqual(expected);
  });

  it('takes no vectors, and refuses no codes', async () => {
    const [vectors, codes] = [0, 2].map((n) => ({ values: new Float32Array(2 * n), shape: [n, 2] }));
    expect((await runKernel('NearestCode', { vectors, codes }))[0].shape).toEqual([0]);
    await expect(runKernel('NearestCode', { vectors: codes, codes: vectors })).rejects.toThrow(
      InvalidInputError,
    );
  });
});
