import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';

/** Channels of the published network's levels. */
export const VGG16_WIDTHS = [64, 128, 256, 512, 512] as const;

/** The first of torchvision's layer numbers in each slice, and the convolutions in it. */
const SLICES = [
  { first: 0, convolutions: [0, 2] },
  { first: 4, convolutions: [5, 7] },
  { first: 9, convolutions: [10, 12, 14] },
  { first: 16, convolutions: [17, 19, 21] },
  { first: 23, convolutions: [24, 26, 28] },
] as const;

/**
 * The convolutions of VGG16 (Simonyan and Zisserman, 2015) as LPIPS cuts them: `[B, H, W, 3]` → the features before
 * each pooling, from `[B, H, W, 64]` to `[B, H/16, W/16, 512]`.
 */
export class Vgg16 extends Module {
  readonly slice1: Conv2d[];
  readonly slice2: Conv2d[];
  readonly slice3: Conv2d[];
  readonly slice4: Conv2d[];
  readonly slice5: Conv2d[];

  constructor({ widths = VGG16_WIDTHS, random }: { widths?: readonly number[]; random: Random }) {
    super();
    let channels = 3;
    [this.slice1, this.slice2, this.slice3, this.slice4, this.slice5] = SLICES.map(
      ({ convolutions }, level) => {
        // By their numbers, with holes, as they are named.
        const slice: Conv2d[] = [];
        for (const index of convolutions) {
          slice[index] = new Conv2d(channels, widths[level], { random, padding: 1 });
          channels = widths[level];
        }
        return slice;
      },
    );
  }

  /** The slice that holds a layer of torchvision's `features`. */
  static sliceOf(index: number): string {
    return `slice${SLICES.filter(({ first }) => first <= index).length}`;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D[] {
    let h = x;
    return [this.slice1, this.slice2, this.slice3, this.slice4, this.slice5].map((slice, level) => {
      if (level > 0) h = tf.maxPool(h, 2, 2, 'valid');
      slice.forEach((convolution) => {
        h = tf.relu(convolution.forward(h));
      });
      return h;
    });
  }
}
