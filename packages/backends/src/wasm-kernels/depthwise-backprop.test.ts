import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, gradients, normal } from './compare.test.helper.js';

describe('depthwise backward kernels', () => {
  it.each([
    ['3×3', [2, 7, 6, 3], [3, 3, 3, 1], 1, 'same'],
    ['3×3 stride 2', [2, 7, 6, 3], [3, 3, 3, 1], 2, 'same'],
    ['multiplier 2', [3, 5, 6, 2], [3, 2, 2, 2], 1, 'valid'],
  ] as const)('%s', async (_name, x, filter, stride, pad) => {
    await expectAsOnCpu(() =>
      gradients(
        (image, kernel) => tf.depthwiseConv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad),
        normal(1, ...x),
        normal(2, ...filter),
      ),
    );
  });
});
