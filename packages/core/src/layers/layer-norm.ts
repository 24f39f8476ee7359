import * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import { layerNorm } from '../operations/layer-norm.js';

/** Layer normalization over the last axis: `[…, D]` → `[…, D]`. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly epsilon: number;

  /** @param epsilon 1e-6 in MAGE and timm, 1e-5 in PyTorch's own default. */
  constructor(features: number, { epsilon = 1e-5 }: { epsilon?: number } = {}) {
    super();
    this.weight = new Parameter([features], ones);
    this.bias = new Parameter([features], zeros);
    this.epsilon = epsilon;
  }

  forward(x: tf.Tensor): tf.Tensor {
    const apply = (rows: tf.Tensor2D) => layerNorm(rows, this.weight.value, this.bias.value, this.epsilon);
    if (x.rank === 2) return apply(x as tf.Tensor2D); // a reshape is a kernel too
    return tf.reshape(apply(tf.reshape(x, [-1, this.weight.shape[0]])), x.shape);
  }
}
