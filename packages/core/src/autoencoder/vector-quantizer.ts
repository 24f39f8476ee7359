import * as tf from '@tensorflow/tfjs-core';
import { offTape, stopGradient } from '../autograd/off-tape.js';
import { Embedding } from '../layers/embedding.js';
import { uniform } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { nearestCode } from '../operations/nearest-code.js';
import type { Random } from '../random.js';

export interface Quantized {
  /** The nearest codes, with the gradient passed straight through to z: `[B, h, w, D]`. */
  quantized: tf.Tensor4D;
  /** Their indices, row-major: int32 `[B, h·w]`. */
  indices: tf.Tensor2D;
  /** The codebook loss, a scalar. */
  loss: tf.Scalar;
}

/**
 * taming's `VectorQuantizer2`: the nearest code of the codebook for each vector of z.
 * The loss is its `legacy` form, mean((sg(q) − z)²) + β·mean((q − sg(z))²), in which β weighs the codebook's
 * term; with `codebookLoss: 'commitment'` it is β·mean((sg(q) − z)²), for a codebook that follows a moving
 * average (`EmaCodebook`).
 */
export class VectorQuantizer extends Module {
  readonly embedding: Embedding;
  readonly codes: number;
  readonly dimension: number;
  private readonly beta: number;

  /** @param beta 0.25 in taming-transformers; codes start as U(±1/codes). */
  constructor(codes: number, dimension: number, { random, beta = 0.25 }: { random: Random; beta?: number }) {
    super();
    this.embedding = new Embedding(codes, dimension, { random, initialize: uniform(random, 1 / codes) });
    this.codes = codes;
    this.dimension = dimension;
    this.beta = beta;
  }

  /** Indices of the nearest codes: `[N, D]` → int32 `[N]`. */
  nearest(vectors: tf.Tensor2D): tf.Tensor1D {
    const table = this.embedding.weight.value as unknown as tf.Tensor2D;
    return offTape(
      (z, codes) => nearestCode(z as tf.Tensor2D, codes as tf.Tensor2D),
      vectors,
      table,
    ) as tf.Tensor1D;
  }

  forward(
    z: tf.Tensor4D,
    { codebookLoss = 'legacy' }: { codebookLoss?: 'legacy' | 'commitment' } = {},
  ): Quantized {
    const [batch, height, width, dimension] = z.shape;
    const vectors = tf.reshape(z, [-1, dimension]) as tf.Tensor2D;
    const indices = this.nearest(vectors);
    const codes = this.embedding.forward(indices) as tf.Tensor2D;
    const toEncoder = tf.mean(tf.square(tf.sub(stopGradient(codes), vectors)));
    const loss =
      codebookLoss === 'legacy'
        ? tf.add(toEncoder, tf.mul(this.beta, tf.mean(tf.square(tf.sub(codes, stopGradient(vectors))))))
        : tf.mul(this.beta, toEncoder);
    const straightThrough = tf.add(vectors, stopGradient(tf.sub(codes, vectors)));
    return {
      quantized: tf.reshape(straightThrough, [batch, height, width, dimension]) as tf.Tensor4D,
      indices: tf.reshape(indices, [batch, height * width]) as tf.Tensor2D,
      loss: loss as tf.Scalar,
    };
  }

  /** The codes themselves: int32 `[B, h·w]` → `[B, h, w, D]`. */
  lookUp(indices: tf.Tensor2D, [height, width]: readonly [number, number]): tf.Tensor4D {
    return tf.reshape(this.embedding.forward(indices), [indices.shape[0], height, width, this.dimension]);
  }
}
