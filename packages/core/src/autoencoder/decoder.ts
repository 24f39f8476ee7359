import type * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';
import { AttentionBlock } from './attention-block.js';
import type { VqModelConfiguration } from './configuration.js';
import { Middle } from './middle.js';
import { ResidualBlock } from './residual-block.js';
import { Upsample } from './upsample.js';

/** One resolution of the decoder. */
class Level extends Module {
  readonly block: ResidualBlock[] = [];
  readonly attn: AttentionBlock[] = [];
  upsample?: Upsample;

  forward(x: tf.Tensor4D): tf.Tensor4D {
    let h = x;
    this.block.forEach((block, i) => {
      h = block.forward(h);
      if (this.attn[i]) h = this.attn[i].forward(h);
    });
    return this.upsample ? this.upsample.forward(h) : h;
  }
}

/** taming's `Decoder`, with one residual block more a level than the encoder: `[B, h, w, z]` → `[B, h·f, w·f, out]`. */
export class Decoder extends Module {
  readonly convIn: Conv2d;
  readonly mid: Middle;
  /** `up[0]` is the highest resolution, as in the published names. */
  readonly up: Level[] = [];
  readonly normOut: GroupNorm;
  readonly convOut: Conv2d;

  constructor({ ddconfig }: VqModelConfiguration, random: Random) {
    super();
    const {
      ch,
      ch_mult,
      num_res_blocks,
      attn_resolutions,
      out_ch,
      resolution,
      z_channels,
      norm_groups: groups = 32,
    } = ddconfig;
    let channels = ch * ch_mult[ch_mult.length - 1];
    let side = Math.floor(resolution / 2 ** (ch_mult.length - 1));
    this.convIn = new Conv2d(z_channels, channels, { random, padding: 1 });
    this.mid = new Middle(channels, groups, random);
    for (let depth = ch_mult.length - 1; depth >= 0; depth--) {
      const level = new Level();
      for (let i = 0; i <= num_res_blocks; i++) {
        level.block.push(new ResidualBlock(channels, ch * ch_mult[depth], groups, random));
        channels = ch * ch_mult[depth];
        if (attn_resolutions.includes(side)) level.attn.push(new AttentionBlock(channels, groups, random));
      }
      if (depth > 0) {
        level.upsample = new Upsample(channels, random);
        side *= 2;
      }
      this.up.unshift(level);
    }
    this.normOut = new GroupNorm(channels, { groups });
    this.convOut = new Conv2d(channels, out_ch, { random, padding: 1 });
  }

  /** What the last convolution takes: `[B, h, w, z]` → `[B, h·f, w·f, ch]`. */
  features(z: tf.Tensor4D): tf.Tensor4D {
    let h = this.mid.forward(this.convIn.forward(z));
    for (let depth = this.up.length - 1; depth >= 0; depth--) h = this.up[depth].forward(h);
    return this.normOut.forward(h, { swish: true });
  }

  forward(z: tf.Tensor4D): tf.Tensor4D {
    return this.convOut.forward(this.features(z));
  }
}
