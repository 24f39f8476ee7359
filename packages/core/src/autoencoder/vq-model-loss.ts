import * as tf from '@tensorflow/tfjs-core';
import { type TokenNoise, withTokenNoise } from './token-noise.js';
import type { VqModel } from './vq-model.js';

export interface VqModelLossOptions {
  /** 'legacy' trains the codebook by gradient; 'commitment' leaves it to an `EmaCodebook`. */
  codebookLoss?: 'legacy' | 'commitment';
  /** Weight of the codebook loss beside the reconstruction; 1 in taming-transformers. */
  codebookWeight?: number;
  /** Spoils tokens before the decoder. */
  noise?: TokenNoise | undefined;
}

export interface VqModelLoss {
  loss: tf.Scalar;
  /** Mean absolute error on the −1..1 scale, and the codebook loss. */
  metrics: { reconstruction: tf.Scalar; codebook: tf.Scalar };
  /** The encoder's vectors `[B·h·w, D]` and the codes they took, for a codebook that follows them. */
  vectors: tf.Tensor2D;
  indices: tf.Tensor1D;
}

/** A VQGAN's training loss without its discriminator: mean |x − x̂| + weight · codebook loss, for `[B, H, W, C]`. */
export function vqModelLoss(
  model: VqModel,
  x: tf.Tensor4D,
  { codebookLoss = 'legacy', codebookWeight = 1, noise }: VqModelLossOptions = {},
): VqModelLoss {
  const z = model.preQuantize(x);
  const { quantized, indices, loss: codebook } = model.quantize.forward(z, { codebookLoss });
  const reconstruction = tf.mean(
    tf.abs(tf.sub(x, model.decode(noise ? withTokenNoise(quantized, noise) : quantized))),
  ) as tf.Scalar;
  return {
    loss: tf.add(reconstruction, tf.mul(codebook, codebookWeight)) as tf.Scalar,
    metrics: { reconstruction, codebook },
    vectors: tf.reshape(z, [-1, model.quantize.dimension]) as tf.Tensor2D,
    indices: tf.reshape(indices, [-1]) as tf.Tensor1D,
  };
}
