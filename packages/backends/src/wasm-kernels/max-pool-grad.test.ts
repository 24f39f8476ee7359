import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, gradients, normal } from './compare.test.helper.js';

describe('MaxPoolGrad', () => {
  it.each([
    [[2, 6, 4, 3], 2, 2, 'same'],
    [[2, 5, 7, 4], 2, 2, 'same'],
    [[2, 5, 7, 4], 3, 1, 'same'],
    [[3, 7, 7, 2], 3, 2, 'valid'],
    [[2, 6, 6, 3], 3, 2, 1],
  ] as const)('%j, window %i, stride %i, %s', async (shape, window, stride, pad) => {
    await expectAsOnCpu(() =>
      gradients((x) => tf.maxPool(x as tf.Tensor4D, window, stride, pad), normal(1, ...shape)),
    );
  });
});
