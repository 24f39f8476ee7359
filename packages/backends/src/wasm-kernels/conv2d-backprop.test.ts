import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectAsOnCpu, gradients, normal } from './compare.test.helper.js';

type Pad =
  | 'same'
  | 'valid'
  | number
  | [[number, number], [number, number], [number, number], [number, number]];

const cases: [name: string, x: number[], filter: number[], stride: number | [number, number], pad: Pad][] = [
  ['3×3', [2, 7, 6, 3], [3, 3, 3, 5], 1, 'same'],
  ['3×3 unpadded', [3, 7, 6, 3], [3, 3, 3, 5], 1, 'valid'],
  ['3×3 stride 2, even', [2, 8, 8, 3], [3, 3, 3, 5], 2, 'same'],
  ['3×3 stride 2, odd', [2, 7, 9, 3], [3, 3, 3, 5], 2, 'same'],
  ['3×3 stride 2 unpadded, rows left over', [2, 8, 10, 3], [3, 3, 3, 5], 2, 'valid'],
  [
    '3×3 stride 2 padded below and right only',
    [2, 8, 6, 3],
    [3, 3, 3, 5],
    2,
    [
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 0],
    ],
  ],
  ['4×4 stride 2 padded by 1', [2, 8, 6, 3], [4, 4, 3, 5], 2, 1],
  ['5×3 strides 3 and 2', [2, 11, 9, 2], [5, 3, 2, 4], [3, 2], 'same'],
  ['2×2 stride 3, gaps between windows', [2, 8, 8, 2], [2, 2, 2, 3], 3, 'valid'],
  ['1×1', [2, 5, 4, 3], [1, 1, 3, 5], 1, 'same'],
  ['1×1 stride 2', [2, 5, 4, 3], [1, 1, 3, 5], 2, 'valid'],
  ['7×1, one column', [2, 12, 1, 3], [7, 1, 3, 4], 1, 'same'],
  ['4×4 to one value', [3, 4, 4, 2], [4, 4, 2, 3], 1, 'valid'],
  ['one channel, batch 1', [1, 6, 6, 1], [3, 3, 1, 1], 1, 'same'],
];

describe('Conv2DBackpropFilter and Conv2DBackpropInput', () => {
  it.each(cases)('%s', async (_name, x, filter, stride, pad) => {
    await expectAsOnCpu(() =>
      gradients(
        (image, kernel) => tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad),
        normal(1, ...x),
        normal(2, ...filter),
      ),
    );
  });

  it.each([
    ['stride 2', [2, 5, 4, 3], [4, 4, 6, 3], [2, 10, 8, 6], 2],
    ['stride 1', [2, 5, 4, 3], [3, 3, 6, 3], [2, 5, 4, 6], 1],
    ['stride 8', [1, 5, 1, 3], [16, 1, 2, 3], [1, 40, 1, 2], [8, 1]],
  ] as const)('transposed, %s, with gradients', async (_name, x, filter, output, stride) => {
    const transposed = (image: tf.Tensor, kernel: tf.Tensor) =>
      tf.conv2dTranspose(
        image as tf.Tensor4D,
        kernel as tf.Tensor4D,
        [...output] as [number, number, number, number],
        stride as number | [number, number],
        'same',
      );
    await expectAsOnCpu(() => transposed(normal(1, ...x), normal(2, ...filter)));
    await expectAsOnCpu(() => gradients(transposed, normal(1, ...x), normal(2, ...filter)));
  });
});
