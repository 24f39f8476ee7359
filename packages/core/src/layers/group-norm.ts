import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '../errors.js';
import { ones, zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import { normalize } from './normalize.js';

/** Group normalization (Wu and He, 2018): `[B, H, W, C]` → `[B, H, W, C]`. */
export class GroupNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly groups: number;
  private readonly epsilon: number;

  /** @param groups 32 in taming-transformers, with `epsilon` 1e-6. */
  constructor(channels: number, { groups = 32, epsilon = 1e-6 }: { groups?: number; epsilon?: number } = {}) {
    super();
    if (channels % groups !== 0) {
      throw new ConfigurationError(
        `${channels} channels cannot be cut into ${groups} groups; use a multiple.`,
      );
    }
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
    this.groups = groups;
    this.epsilon = epsilon;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const [batch, height, width, channels] = x.shape;
    const perGroup = channels / this.groups;
    // Rows, then columns, then the group's channels: short sums round less, and all run over contiguous memory.
    const mean = (t: tf.Tensor) => {
      const perColumn = tf.mean(tf.reshape(t, [batch, height, width * channels]), 1);
      const perChannel = tf.mean(tf.reshape(perColumn, [batch, width, this.groups, perGroup]), 1);
      const perGroupMean = tf.mean(perChannel, 2, true);
      return tf.reshape(tf.tile(perGroupMean, [1, 1, perGroup]), [batch, 1, channels]);
    };
    const normal = normalize(tf.reshape(x, [batch, height * width, channels]), mean, this.epsilon);
    const out = tf.add(tf.mul(normal, this.weight.value), this.bias.value);
    return tf.reshape(out, [batch, height, width, channels]);
  }
}
