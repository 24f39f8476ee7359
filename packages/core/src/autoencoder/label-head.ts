import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { Linear } from '../layers/linear.js';
import { zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { swish } from '../operations/swish.js';
import type { Random } from '../random.js';

export interface LabelHeadOptions {
  /** Length of a code. */
  dimension: number;
  /** Channels between the codes and the labels. */
  hidden: number;
  labels: number;
  random: Random;
}

/**
 * Reads the label of a picture or sound from its codes: a 3×3 convolution, the mean and the most over all places,
 * added up as PANNs pool (Kong et al., 2020, arXiv 1912.10211), and a linear layer.
 * An encoder that is trained so that this little can be read spends its codes on what a thing is, and not on how it is
 * drawn or recorded alone; the head itself is not a part of the tokenizer.
 */
export class LabelHead extends Module {
  readonly conv: Conv2d;
  readonly out: Linear;

  constructor({ dimension, hidden, labels, random }: LabelHeadOptions) {
    super();
    this.conv = new Conv2d(dimension, hidden, { random, padding: 1 });
    // At first no label is likelier: many labels would otherwise teach the encoder to give all pieces the same vectors.
    this.out = new Linear(hidden, labels, { random, initialize: zeros });
  }

  /** Codes `[B, h, w, D]` → logits `[B, labels]`. */
  forward(codes: tf.Tensor4D): tf.Tensor2D {
    const read = swish(this.conv.forward(codes));
    const flat = tf.reshape(read, [read.shape[0], -1, read.shape[3]]);
    return this.out.forward(tf.add(tf.mean(flat, 1), tf.max(flat, 1))) as tf.Tensor2D;
  }
}
