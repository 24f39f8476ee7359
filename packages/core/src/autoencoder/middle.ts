import type * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module/module.js';
import type { Random } from '../random.js';
import { AttentionBlock } from './attention-block.js';
import { ResidualBlock } from './residual-block.js';

/** The lowest resolution: residual, attention, residual. */
export class Middle extends Module {
  readonly block_1: ResidualBlock;
  readonly attn_1: AttentionBlock;
  readonly block_2: ResidualBlock;

  constructor(channels: number, groups: number, random: Random) {
    super();
    this.block_1 = new ResidualBlock(channels, channels, groups, random);
    this.attn_1 = new AttentionBlock(channels, groups, random);
    this.block_2 = new ResidualBlock(channels, channels, groups, random);
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.block_2.forward(this.attn_1.forward(this.block_1.forward(x)));
  }
}
