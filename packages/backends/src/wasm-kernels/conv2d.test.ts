import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, normal } from './compare.test.helper.js';

describe('conv2d', () => {
  it.each([
    [[1, 1, 1, 32], [1, 1, 32, 32], 1, 'same'],
    [[2, 5, 7, 33], [3, 3, 33, 37], 1, 'same'],
    [[2, 6, 53, 35], [3, 3, 35, 32], 1, 'same'],
    [[3, 7, 9, 32], [3, 3, 32, 41], 2, 'valid'],
    [[1, 8, 6, 32], [4, 4, 32, 33], 2, 'same'],
    [[2, 4, 5, 40], [1, 1, 40, 50], 1, 'valid'],
    [[2, 71, 1, 32], [11, 1, 32, 36], 1, 'same'],
    [[2, 23, 3, 32], [7, 1, 32, 33], 1, 'same'],
    [[1, 20, 5, 32], [3, 1, 32, 32], [2, 1], 'valid'],
    [[1, 3, 50, 32], [1, 7, 32, 32], 1, 'same'],
    [[2, 2, 2, 32], [3, 3, 32, 32], 1, 'same'],
    [[2, 2, 2, 32], [5, 5, 32, 32], 1, 2],
    [[1, 9, 9, 32], [3, 3, 32, 32], [1, 2], 'same'],
    [[2, 5, 7, 4], [3, 3, 4, 64], 1, 'same'], // of few channels: XNNPACK's
  ] as const)('of %j by %j, stride %j, padding %j', async (shape, filter, stride, pad) => {
    await expectAsOnCpu(() =>
      tf.conv2d(
        normal(1, ...shape) as tf.Tensor4D,
        normal(2, ...filter) as tf.Tensor4D,
        stride as number,
        pad as 'same',
      ),
    );
  });

  it.each(['linear', 'relu'] as const)('with a bias and %s after it', async (activation) => {
    await expectAsOnCpu(() =>
      tf.fused.conv2d({
        x: normal(1, 2, 5, 7, 33) as tf.Tensor4D,
        filter: normal(2, 3, 3, 33, 37) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: normal(3, 37),
        activation,
      }),
    );
  });
});
