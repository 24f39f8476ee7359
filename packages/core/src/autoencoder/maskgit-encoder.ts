import type * as tf from '@tensorflow/tfjs-core';
import { averagePool } from '../layers/average-pool.js';
import { Conv2d } from '../layers/conv2d.js';
import { GroupNorm } from '../layers/group-norm.js';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';
import type { VqModelConfiguration } from './configuration.js';
import { MaskgitMiddle, MaskgitResidualBlock } from './maskgit-residual-block.js';

/** One resolution of the encoder. */
class Level extends Module {
  readonly block: MaskgitResidualBlock[] = [];

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.block.reduce((h, block) => block.forward(h), x);
  }
}

/** MaskGIT's encoder, halving by means: `[B, H, W, in]` → `[B, H/f, W/f, z]` where f is 2^(levels − 1). */
export class MaskgitEncoder extends Module {
  readonly convIn: Conv2d;
  readonly down: Level[] = [];
  readonly mid: MaskgitMiddle;
  readonly normOut: GroupNorm;
  readonly convOut: Conv2d;

  constructor({ ddconfig }: VqModelConfiguration, random: Random) {
    super();
    const { ch, ch_mult, num_res_blocks, in_channels, z_channels, norm_groups: groups = 32 } = ddconfig;
    this.convIn = new Conv2d(in_channels, ch, { random, padding: 1, bias: false });
    let channels = ch;
    for (const multiple of ch_mult) {
      const level = new Level();
      for (let i = 0; i < num_res_blocks; i++) {
        level.block.push(new MaskgitResidualBlock(channels, ch * multiple, groups, random));
        channels = ch * multiple;
      }
      this.down.push(level);
    }
    this.mid = new MaskgitMiddle(channels, groups, random);
    this.normOut = new GroupNorm(channels, { groups });
    this.convOut = new Conv2d(channels, z_channels, { random, kernelSize: 1 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    let h = this.convIn.forward(x);
    this.down.forEach((level, depth) => {
      h = level.forward(h);
      if (depth < this.down.length - 1) h = averagePool(h);
    });
    return this.convOut.forward(this.normOut.forward(this.mid.forward(h), { swish: true }));
  }
}
