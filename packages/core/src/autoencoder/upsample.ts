import type * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { upsampleNearest } from '../layers/upsample-nearest.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';

/** Doubles a picture by repetition, then 3×3: `[B, H, W, C]` → `[B, 2H, 2W, C]`. */
export class Upsample extends Module {
  readonly conv: Conv2d;

  constructor(channels: number, random: Random) {
    super();
    this.conv = new Conv2d(channels, channels, { random, padding: 1 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forward(upsampleNearest(x));
  }
}
