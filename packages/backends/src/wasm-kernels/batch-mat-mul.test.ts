import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectAsOnCpu, expectOnWasm, gradients, normal } from './compare.test.helper.js';

/** Operands [.., M, K] and [.., K, N] of which either may be stored transposed. */
const outerShapes = [
  [[], []],
  [[3], [3]],
  [
    [2, 3],
    [2, 3],
  ],
  [[3], []],
  [[], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 3],
    [1, 1],
  ],
];

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('BatchMatMul, transposeA %s, transposeB %s', (transposeA, transposeB) => {
  it.each(outerShapes)('broadcasts %j × %j', async (outerA, outerB) => {
    const a = () => normal(1, ...outerA, ...(transposeA ? [11, 13] : [13, 11]));
    const b = () => normal(2, ...outerB, ...(transposeB ? [9, 11] : [11, 9]));
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const spread = (x: tf.Tensor) => tf.broadcastTo(x, [...outer, ...x.shape.slice(-2)]); // cpu is wrong for 2,1 × 1,3
    await expectOnWasm(
      () => tf.matMul(a(), b(), transposeA, transposeB),
      () => tf.matMul(spread(a()), spread(b()), transposeA, transposeB),
    );
  });

  it.each([
    [1, 1, 1],
    [4, 8, 16],
    [3, 7, 1],
    [5, 1, 9],
    [33, 65, 17],
    [1, 6, 131], // a row, in strips
    [1, 523, 516],
    [64, 2100, 24], // more than one chunk of rows
    [9, 700, 1000], // more than one chunk of columns
  ])('multiplies %i × %i × %i', async (M, K, N) => {
    const a = () => normal(1, ...(transposeA ? [K, M] : [M, K]));
    const b = () => normal(2, ...(transposeB ? [N, K] : [K, N]));
    await expectAsOnCpu(() => tf.matMul(a(), b(), transposeA, transposeB));
  });

  it('has the gradients of cpu', async () => {
    const a = () => normal(1, 2, ...(transposeA ? [5, 7] : [7, 5]));
    const b = () => normal(2, 2, ...(transposeB ? [6, 5] : [5, 6]));
    await expectAsOnCpu(() => gradients((x, y) => tf.matMul(x, y, transposeA, transposeB), a(), b()));
  });
});

describe('BatchMatMul', () => {
  it('gives zeros for an empty inner dimension, and nothing for an empty outer one', async () => {
    await expectOnWasm(
      () => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])),
      () => tf.zeros([2, 3]),
    );
    await expectOnWasm(
      () => tf.matMul(tf.zeros([0, 4]), tf.zeros([4, 3])),
      () => tf.zeros([0, 3]),
    );
  });
});

describe('_FusedMatMul', () => {
  it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const)('%s', async (activation) => {
    for (const transposeB of [false, true]) {
      await expectAsOnCpu(() =>
        tf.fused.matMul({
          a: normal(1, 7, 5) as tf.Tensor2D,
          b: normal(2, ...(transposeB ? [6, 5] : [5, 6])) as tf.Tensor2D,
          transposeB,
          bias: normal(3, 6),
          activation,
          leakyreluAlpha: 0.2,
        }),
      );
    }
    expect.hasAssertions();
  });
});
