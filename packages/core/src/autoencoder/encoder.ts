import type * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';
import { AttentionBlock } from './attention-block.js';
import type { VqModelConfiguration } from './configuration.js';
import { Middle } from './middle.js';
import { ResidualBlock } from './residual-block.js';

/** Halves a picture: zeros at the bottom and right, then 3×3 at stride 2. */
class Downsample extends Module {
  readonly conv: Conv2d;

  constructor(channels: number, random: Random) {
    super();
    const padding = { top: 0, bottom: 1, left: 0, right: 1 };
    this.conv = new Conv2d(channels, channels, { random, stride: 2, padding });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forward(x);
  }
}

/** One resolution of the encoder. */
class Level extends Module {
  readonly block: ResidualBlock[] = [];
  readonly attn: AttentionBlock[] = [];
  downsample?: Downsample;

  forward(x: tf.Tensor4D): tf.Tensor4D {
    let h = x;
    this.block.forEach((block, i) => {
      h = block.forward(h);
      if (this.attn[i]) h = this.attn[i].forward(h);
    });
    return this.downsample ? this.downsample.forward(h) : h;
  }
}

/** taming's `Encoder`: `[B, H, W, in]` → `[B, H/f, W/f, z]` where f is 2^(levels − 1). */
export class Encoder extends Module {
  readonly convIn: Conv2d;
  readonly down: Level[] = [];
  readonly mid: Middle;
  readonly normOut: GroupNorm;
  readonly convOut: Conv2d;

  constructor({ ddconfig }: VqModelConfiguration, random: Random) {
    super();
    const {
      ch,
      ch_mult,
      num_res_blocks,
      attn_resolutions,
      in_channels,
      resolution,
      z_channels,
      norm_groups: groups = 32,
    } = ddconfig;
    this.convIn = new Conv2d(in_channels, ch, { random, padding: 1 });
    let channels = ch;
    let side = resolution;
    ch_mult.forEach((multiple, depth) => {
      const level = new Level();
      for (let i = 0; i < num_res_blocks; i++) {
        level.block.push(new ResidualBlock(channels, ch * multiple, groups, random));
        channels = ch * multiple;
        if (attn_resolutions.includes(side)) level.attn.push(new AttentionBlock(channels, groups, random));
      }
      if (depth < ch_mult.length - 1) {
        level.downsample = new Downsample(channels, random);
        side = Math.floor(side / 2);
      }
      this.down.push(level);
    });
    this.mid = new Middle(channels, groups, random);
    this.normOut = new GroupNorm(channels, { groups });
    this.convOut = new Conv2d(channels, z_channels, { random, padding: 1 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    let h = this.convIn.forward(x);
    for (const level of this.down) h = level.forward(h);
    h = this.mid.forward(h);
    return this.convOut.forward(this.normOut.forward(h, { swish: true }));
  }
}
