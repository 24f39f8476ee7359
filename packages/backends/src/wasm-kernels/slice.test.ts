import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, gradients, normal } from './compare.test.helper.js';

const boxes: [begin: number[], size: number[]][] = [
  [[1], [5]],
  [
    [1, 0],
    [2, 4],
  ],
  [
    [0, 2],
    [3, 1],
  ],
  [
    [1, 0, 0],
    [1, 3, 5],
  ],
  [
    [0, 1, 2],
    [2, 2, 20],
  ],
  [
    [1, 0, 1, 0],
    [1, 2, 2, 3],
  ],
  [
    [0, 1, 0, 1, 1],
    [2, 1, 2, 2, 1],
  ],
  [
    [0, 1, 0, 1, 0, 0],
    [1, 1, 2, 1, 2, 1],
  ],
  [
    [0, 0],
    [0, 3],
  ],
];

describe('Slice', () => {
  it.each(boxes)('from %j by %j', async (begin, size) => {
    const shape = begin.map((b, d) => b + size[d] + (d % 2));
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      await expectAsOnCpu(() => tf.slice(tf.cast(tf.mul(normal(1, ...shape), 4), dtype), begin, size));
    }
  });

  it('has the gradient of cpu', async () => {
    await expectAsOnCpu(() => gradients((x) => tf.slice(x, [0, 1, 1], [2, 2, 3]), normal(1, 2, 4, 5)));
  });
});

describe('SplitV and Unpack', () => {
  it.each([0, 1, 2, -1])('along axis %i', async (axis) => {
    await expectAsOnCpu(() => tf.split(normal(1, 4, 4, 36), [1, -1], axis));
    await expectAsOnCpu(() => tf.split(normal(1, 4, 6, 8), 2, axis));
    await expectAsOnCpu(() => tf.unstack(normal(2, 3, 4, 5), axis));
  });
});
