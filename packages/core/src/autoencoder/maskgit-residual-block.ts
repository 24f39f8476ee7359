import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';

/**
 * MaskGIT's residual block, without biases: `[B, H, W, in]` → `[B, H, W, out]`. Where the channels change, its
 * shortcut is a 1×1 convolution of the block's own result and not of its input, as published.
 */
export class MaskgitResidualBlock extends Module {
  readonly norm1: GroupNorm;
  readonly conv1: Conv2d;
  readonly norm2: GroupNorm;
  readonly conv2: Conv2d;
  readonly ninShortcut?: Conv2d;

  constructor(input: number, output: number, groups: number, random: Random) {
    super();
    const filter = { random, padding: 1, bias: false };
    this.norm1 = new GroupNorm(input, { groups });
    this.conv1 = new Conv2d(input, output, filter);
    this.norm2 = new GroupNorm(output, { groups });
    this.conv2 = new Conv2d(output, output, filter);
    if (input !== output) {
      this.ninShortcut = new Conv2d(output, output, { random, kernelSize: 1, bias: false });
    }
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const hidden = this.conv1.forward(this.norm1.forward(x, { swish: true }));
    const out = this.conv2.forward(this.norm2.forward(hidden, { swish: true }));
    return tf.add(this.ninShortcut ? this.ninShortcut.forward(out) : x, out);
  }
}

/** The lowest resolution: two residual blocks, without attention. */
export class MaskgitMiddle extends Module {
  readonly block_1: MaskgitResidualBlock;
  readonly block_2: MaskgitResidualBlock;

  constructor(channels: number, groups: number, random: Random) {
    super();
    this.block_1 = new MaskgitResidualBlock(channels, channels, groups, random);
    this.block_2 = new MaskgitResidualBlock(channels, channels, groups, random);
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.block_2.forward(this.block_1.forward(x));
  }
}
