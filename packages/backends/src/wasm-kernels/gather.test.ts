import * as tf from '@tensorflow/tfjs-core';
import { InvalidInputError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { expectAsOnCpu, expectOnWasm, gradients, normal } from './compare.test.helper.js';
import { registerWasmKernels } from './register-wasm-kernels.js';

/** Indices 0 … depth − 1 in an order with repetitions. */
const indices = (depth: number, ...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, (_, i) => (i * 5 + 1) % depth),
    shape,
    'int32',
  );
};

describe('GatherV2 and UnsortedSegmentSum', () => {
  it.each([
    ['rows', [7, 20], [5], 0, 0],
    ['rows by a matrix', [7, 4], [2, 3], 0, 0],
    ['a middle axis', [2, 7, 4], [3], 1, 0],
    ['the last axis', [2, 3, 7], [2, 2], 2, 0],
    ['batched', [3, 7, 4], [3, 5], 1, 1],
    ['batched, long rows', [2, 7, 33], [2, 5], 1, 1],
    ['batched, one axis between', [2, 3, 7], [2, 4], 2, 1],
    ['batched twice', [2, 3, 7, 2], [2, 3, 4], 2, 2],
  ] as const)('%s', async (_name, shape, indexShape, axis, batchDims) => {
    const depth = shape[axis] ?? 0;
    const take = (x: tf.Tensor) => tf.gather(x, indices(depth, ...indexShape), axis, batchDims);
    await expectAsOnCpu(() => take(normal(1, ...shape)));
    await expectAsOnCpu(() => take(tf.cast(tf.mul(normal(1, ...shape), 9), 'int32')));
    if (batchDims < 2) await expectAsOnCpu(() => gradients(take, normal(1, ...shape)));
  });

  it('refuses an index outside the axis, and leaves nothing behind', async () => {
    registerWasmKernels();
    await tf.setBackend('wasm');
    const before = tf.backend().numDataIds();
    for (const index of [-1, 7]) {
      expect(() => tf.tidy(() => tf.gather(normal(1, 7, 2), tf.tensor1d([0, index], 'int32')))).toThrow(
        InvalidInputError,
      );
    }
    expect(tf.backend().numDataIds()).toBe(before);
  });

  it('sums rows by segment, leaving out ids that are none', async () => {
    const ids = () => tf.tensor1d([3, 0, -1, 3, 5], 'int32');
    await expectAsOnCpu(() => tf.unsortedSegmentSum(normal(1, 5, 2, 3), ids(), 4));
    await expectOnWasm(
      () => tf.unsortedSegmentSum(tf.range(0, 5, 1, 'int32'), ids(), 4), // cpu makes it float32
      () => tf.tensor1d([1, 0, 0, 3], 'int32'),
    );
  });
});
