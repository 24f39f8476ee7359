import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, expectOnWasm, gradients, normal } from './compare.test.helper.js';

/**
 * Kernels that tfjs-backend-wasm has and that we leave alone: what the models use of them, so that a new version
 * that breaks one is seen here.
 */
const x = () => normal(1, 2, 3, 5);
const positive = () => tf.add(tf.abs(x()), 0.1);
const integers = () => tf.cast(tf.mul(x(), 4), 'int32');

const forward: Record<string, () => tf.Tensor | tf.Tensor[]> = {
  'unary operations': () => [
    ...[tf.abs, tf.exp, tf.square, tf.sign, tf.floor, tf.sigmoid, tf.tanh, tf.relu, tf.neg, tf.zerosLike].map(
      (f) => f(x()),
    ),
    ...[tf.sqrt, tf.rsqrt, tf.log, tf.reciprocal].map((f) => f(positive())),
    tf.leakyRelu(x(), 0.2),
    tf.softplus(x()),
  ],
  'binary operations, broadcast': () =>
    [
      tf.add,
      tf.sub,
      tf.mul,
      tf.div,
      tf.minimum,
      tf.maximum,
      tf.squaredDifference,
      tf.lessEqual,
      tf.pow,
    ].flatMap((f) =>
      [[2, 3, 5], [5], [3, 1], [2, 1, 1], []].map((shape) => f(positive(), tf.abs(normal(2, ...shape)))),
    ),
  reductions: () =>
    [tf.sum, tf.mean, tf.max, tf.min].flatMap((f) =>
      [0, 1, 2, [0, 2], [1, 2], undefined].flatMap((axis) => [f(x(), axis), f(x(), axis, true)]),
    ),
  'reductions of integers': () => [tf.sum(integers(), 1), tf.mean(integers(), 1), tf.max(integers(), 1)],
  'argMin, argMax, topk, cumsum': () => [
    tf.argMin(x(), 1),
    tf.argMax(x(), -1),
    ...Object.values(tf.topk(x(), 2)),
    tf.cumsum(x(), 1, true, true),
  ],
  'softmax, logSoftmax, logSumExp': () => [
    tf.softmax(x()),
    tf.softmax(tf.add(x(), tf.tensor1d([0, -1e9, 0, -1e9, 0]))),
    tf.logSoftmax(x()),
    tf.logSumExp(x(), -1),
  ],
  'transpose of 2 to 6 axes': () => [
    tf.transpose(normal(1, 3, 5)),
    tf.transpose(normal(1, 2, 3, 4, 5), [0, 2, 1, 3]),
    tf.transpose(normal(1, 2, 3, 4, 2, 3), [0, 3, 2, 1, 4]),
    tf.transpose(normal(1, 2, 2, 3, 2, 3, 2), [0, 1, 3, 2, 5, 4]),
  ],
  'tile, pad, mirrorPad, concat, stack, reverse': () => [
    tf.tile(x(), [2, 1, 3]),
    tf.pad(x(), [
      [0, 0],
      [1, 2],
      [0, 1],
    ]),
    tf.mirrorPad(
      x(),
      [
        [0, 0],
        [2, 1],
        [3, 3],
      ],
      'reflect',
    ),
    tf.concat([x(), x()], 1),
    tf.stack([x(), x()], 2),
    tf.reverse(x(), [0, 2]),
  ],
  'where, oneHot, scatterND': () => [
    tf.where(tf.greater(x(), 0), x(), tf.neg(x())),
    tf.oneHot(tf.tensor1d([0, 6, -1], 'int32'), 7),
    tf.scatterND(tf.tensor2d([[1], [4], [1]], [3, 1], 'int32'), normal(1, 3, 2), [6, 2]),
  ],
  pooling: () => [
    tf.maxPool(normal(1, 2, 5, 6, 3) as tf.Tensor4D, 2, 2, 'same'),
    tf.avgPool(normal(1, 2, 5, 6, 3) as tf.Tensor4D, 3, 2, 'same'),
  ],
};

describe('kernels left as they are', () => {
  it.each(Object.entries(forward))('%s', async (_name, f) => {
    await expectAsOnCpu(f);
  });

  it('have the gradients of cpu', async () => {
    await expectAsOnCpu(() => gradients((t) => tf.softmax(t), x()));
    await expectAsOnCpu(() => gradients((t) => tf.logSoftmax(t), x()));
    await expectAsOnCpu(() => gradients((t) => tf.tile(t, [1, 2, 1]), x()));
    await expectAsOnCpu(() => gradients((t) => tf.concat([t, t], 1), x()));
    await expectAsOnCpu(() => gradients((t) => tf.leakyRelu(t, 0.2), x()));
    await expectAsOnCpu(() =>
      gradients((t) => tf.avgPool(t as tf.Tensor4D, 2, 2, 'same'), normal(1, 2, 5, 4, 3)),
    );
  });

  it('resizeNearestNeighbor has its exact gradient, which cpu has not for a batch', async () => {
    const shape: [number, number, number, number] = [3, 4, 5, 2];
    await expectOnWasm(
      () => gradients((t) => tf.image.resizeNearestNeighbor(t as tf.Tensor4D, [8, 10]), normal(1, ...shape)),
      () => {
        const dy = tf.reshape(normal(99, 3, 8, 10, 2), [3 * 4, 2, 5, 2 * 2]);
        return [tf.reshape(tf.sum(tf.reshape(tf.sum(dy, 1), [3 * 4 * 5, 2, 2]), 1), shape)];
      },
    );
  });
});
