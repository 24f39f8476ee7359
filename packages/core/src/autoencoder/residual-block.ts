import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';

/** taming's `ResnetBlock`, without a time embedding: `[B, H, W, in]` → `[B, H, W, out]`. */
export class ResidualBlock extends Module {
  readonly norm1: GroupNorm;
  readonly conv1: Conv2d;
  readonly norm2: GroupNorm;
  readonly conv2: Conv2d;
  readonly ninShortcut?: Conv2d;

  constructor(input: number, output: number, groups: number, random: Random) {
    super();
    this.norm1 = new GroupNorm(input, { groups });
    this.conv1 = new Conv2d(input, output, { random, padding: 1 });
    this.norm2 = new GroupNorm(output, { groups });
    this.conv2 = new Conv2d(output, output, { random, padding: 1 });
    if (input !== output) this.ninShortcut = new Conv2d(input, output, { random, kernelSize: 1 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const hidden = this.conv1.forward(this.norm1.forward(x, { swish: true }));
    const out = this.conv2.forward(this.norm2.forward(hidden, { swish: true }));
    return tf.add(this.ninShortcut ? this.ninShortcut.forward(x) : x, out);
  }
}
