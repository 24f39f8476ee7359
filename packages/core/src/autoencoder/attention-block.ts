import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import { selfAttention } from '../operations/self-attention.js';
import type { Random } from '../random.js';

/** taming's `AttnBlock`: one head over all positions, `[B, H, W, C]` → `[B, H, W, C]`. */
export class AttentionBlock extends Module {
  readonly norm: GroupNorm;
  readonly q: Conv2d;
  readonly k: Conv2d;
  readonly v: Conv2d;
  readonly projOut: Conv2d;

  constructor(channels: number, groups: number, random: Random) {
    super();
    this.norm = new GroupNorm(channels, { groups });
    this.q = new Conv2d(channels, channels, { random, kernelSize: 1 });
    this.k = new Conv2d(channels, channels, { random, kernelSize: 1 });
    this.v = new Conv2d(channels, channels, { random, kernelSize: 1 });
    this.projOut = new Conv2d(channels, channels, { random, kernelSize: 1 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const [batch, height, width, channels] = x.shape;
    const normal = this.norm.forward(x);
    const flat = (layer: Conv2d) => tf.reshape(layer.forward(normal), [batch, height * width, channels]);
    const mixed = selfAttention(tf.concat([flat(this.q), flat(this.k), flat(this.v)], 2), 1);
    return tf.add(x, this.projOut.forward(tf.reshape(mixed, [batch, height, width, channels])));
  }
}
