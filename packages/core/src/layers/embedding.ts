import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';

/** A table of vectors: indices of any shape `[…]` → `[…, D]`. */
export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(
    entries: number,
    features: number,
    { random, initialize }: { random: Random; initialize?: Initializer },
  ) {
    super();
    this.weight = new Parameter([entries, features], initialize ?? normal(random, 1));
  }

  forward(indices: tf.Tensor): tf.Tensor {
    // Flat indices: a batched gather is wrong on wasm.
    const rows = tf.gather(this.weight.value, tf.reshape(indices, [-1]) as tf.Tensor1D);
    return tf.reshape(rows, [...indices.shape, this.weight.shape[1]]);
  }
}
