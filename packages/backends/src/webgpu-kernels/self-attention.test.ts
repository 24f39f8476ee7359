import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { expectClose, normals, runKernel, startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();

/** In double precision, one query after the other. */
function attention(qkv: Float32Array, B: number, N: number, heads: number, d: number): Float64Array {
  const width = heads * d;
  const out = new Float64Array(B * N * width);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < heads; h++) {
      const at = (token: number, part: number) => (b * N + token) * 3 * width + part * width + h * d;
      for (let query = 0; query < N; query++) {
        const scores = Array.from({ length: N }, (_, key) => {
          let sum = 0;
          for (let i = 0; i < d; i++) sum += qkv[at(query, 0) + i] * qkv[at(key, 1) + i];
          return sum / Math.sqrt(d);
        });
        const most = scores.reduce((a, b) => Math.max(a, b));
        const weights = scores.map((score) => Math.exp(score - most));
        const total = weights.reduce((a, b) => a + b);
        weights.forEach((weight, key) => {
          for (let i = 0; i < d; i++) {
            out[(b * N + query) * width + h * d + i] += (weight / total) * qkv[at(key, 2) + i];
          }
        });
      }
    }
  }
  return out;
}

describe.skipIf(reason)('SelfAttention on WebGPU', () => {
  it.each([
    [1, 1, 1, 1],
    [2, 3, 1, 7],
    [2, 13, 3, 4],
    [3, 53, 2, 13],
    [2, 130, 2, 64],
    [1, 521, 1, 32],
    [1, 70, 1, 100],
    [2, 37, 1, 512],
  ])('mixes a batch of %i × %i tokens, %i heads of %i', async (B, N, heads, d) => {
    const qkv = normals(1, B * N * 3 * heads * d, 1.5);
    const [y] = await runKernel(
      'SelfAttention',
      { qkv: { values: qkv, shape: [B, N, 3 * heads * d] } },
      { heads },
    );
    expect(y.shape).toEqual([B, N, heads * d]);
    expectClose(y.values, attention(qkv, B, N, heads, d));
  });

  it('bears scores of thousands', async () => {
    const qkv = normals(2, 2 * 33 * 3 * 8, 60);
    const [y] = await runKernel('SelfAttention', { qkv: { values: qkv, shape: [2, 33, 24] } }, { heads: 1 });
    expectClose(y.values, attention(qkv, 2, 33, 1, 8), 1e-3); // of which a float32 keeps three digits after the point
  });

  it('attends to 4,096 tokens without the matrix of their weights', async () => {
    const allocated = () =>
      (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
    const before = allocated();
    const qkv = { values: normals(3, 4096 * 3 * 2 * 8), shape: [1, 4096, 3 * 2 * 8] };
    const [y] = await runKernel('SelfAttention', { qkv }, { heads: 2 });
    expect(y.shape).toEqual([1, 4096, 16]);
    // The weights of both heads would be 134 MB.
    expect(allocated() - before).toBeLessThan(4 * 2 ** 20);
  });

  it('takes no tokens, and says how large a head may be', async () => {
    const empty = { qkv: { values: [], shape: [2, 0, 12] } };
    expect((await runKernel('SelfAttention', empty, { heads: 2 }))[0].shape).toEqual([2, 0, 4]);
    const large = { qkv: { values: new Float32Array(3 * 4096), shape: [1, 1, 3 * 4096] } };
    await expect(runKernel('SelfAttention', large, { heads: 1 })).rejects.toThrow(BackendError);
  });
});
