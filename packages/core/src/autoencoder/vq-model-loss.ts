import * as tf from '@tensorflow/tfjs-core';
import {
  type ReconstructionLoss,
  type ReconstructionLossOptions,
  reconstructionLoss,
} from '../adversarial/reconstruction-loss.js';
import { type TokenNoise, withTokenNoise } from './token-noise.js';
import type { VqModel } from './vq-model.js';

export interface VqModelLossOptions extends ReconstructionLossOptions {
  /** 'legacy' trains the codebook by gradient; 'commitment' leaves it to an `EmaCodebook`. */
  codebookLoss?: 'legacy' | 'commitment';
  /** Weight of the codebook loss beside the reconstruction; 1 in taming-transformers. */
  codebookWeight?: number;
  /** Spoils tokens before the decoder. */
  noise?: TokenNoise | undefined;
}

export interface VqModelLoss {
  loss: tf.Scalar;
  /** The mean absolute error, the codebook loss, and those of a perceptual loss and an adversary where there are. */
  metrics: ReconstructionLoss['metrics'] & { codebook: tf.Scalar };
  /** What the decoder made of `x`: `[B, H, W, C]`, for the discriminator's turn. */
  decoded: tf.Tensor4D;
  /** The encoder's vectors `[B·h·w, D]` and the codes they took, for a codebook that follows them. */
  vectors: tf.Tensor2D;
  indices: tf.Tensor1D;
}

/**
 * A VQGAN's training loss for `[B, H, W, C]`: mean |x − x̂| + weight · codebook loss, and beside these a perceptual
 * and an adversarial loss where they are asked for.
 */
export function vqModelLoss(
  model: VqModel,
  x: tf.Tensor4D,
  { codebookLoss = 'legacy', codebookWeight = 1, noise, ...reconstruction }: VqModelLossOptions = {},
): VqModelLoss {
  const z = model.preQuantize(x);
  const { quantized, indices, loss: codebook } = model.quantize.forward(z, { codebookLoss });
  const features = model.decodeFeatures(noise ? withTokenNoise(quantized, noise) : quantized);
  const { loss, decoded, metrics } = reconstructionLoss(x, features, model.decoder.convOut, reconstruction);
  return {
    loss: tf.add(loss, tf.mul(codebook, codebookWeight)) as tf.Scalar,
    metrics: { ...metrics, codebook },
    decoded,
    vectors: tf.reshape(z, [-1, model.quantize.dimension]) as tf.Tensor2D,
    indices: tf.reshape(indices, [-1]) as tf.Tensor1D,
  };
}
