import type * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '../errors.js';
import { ones, zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import { groupNorm } from '../operations/group-norm.js';

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

  /** @param swish whether x·σ(x) follows, which an engine may compute along with it. */
  forward(x: tf.Tensor4D, { swish = false }: { swish?: boolean } = {}): tf.Tensor4D {
    const { groups, epsilon } = this;
    return groupNorm(x, this.weight.value, this.bias.value, { groups, epsilon, swish });
  }
}
