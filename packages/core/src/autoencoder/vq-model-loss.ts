import * as tf from '@tensorflow/tfjs-core';
import {
  type ReconstructionLoss,
  type ReconstructionLossOptions,
  reconstructionLoss,
} from '../adversarial/reconstruction-loss.js';
import type { LabelHead } from './label-head.js';
import { type TokenNoise, withTokenNoise } from './token-noise.js';
import type { VqModel } from './vq-model.js';

/** What the codes must also tell. */
export interface LabelReading {
  head: LabelHead;
  /** Of each piece its label: int32 `[B]`. */
  labels: tf.Tensor1D;
  /** Of the cross-entropy, in nats, beside the reconstruction. */
  weight: number;
}

export interface VqModelLossOptions extends ReconstructionLossOptions {
  /** 'legacy' trains the codebook by gradient; 'commitment' leaves it to an `EmaCodebook`. */
  codebookLoss?: 'legacy' | 'commitment';
  /** Weight of the codebook loss beside the reconstruction; 1 in taming-transformers. */
  codebookWeight?: number;
  /** Spoils tokens before the decoder. */
  noise?: TokenNoise | undefined;
  /** Not in taming-transformers: see `LabelHead`. */
  reading?: LabelReading | undefined;
}

export interface VqModelLoss {
  loss: tf.Scalar;
  /** The mean absolute error, the codebook loss, and those of a perceptual loss, an adversary and labels where there are. */
  metrics: ReconstructionLoss['metrics'] & { codebook: tf.Scalar; label?: tf.Scalar };
  /** What the decoder made of `x`: `[B, H, W, C]`, for the discriminator's turn. */
  decoded: tf.Tensor4D;
  /** The encoder's vectors `[B·h·w, D]` and the codes they took, for a codebook that follows them. */
  vectors: tf.Tensor2D;
  indices: tf.Tensor1D;
}

/**
 * A VQGAN's training loss for `[B, H, W, C]`: mean |x − x̂| + weight · codebook loss, and beside these a perceptual
 * and an adversarial loss, and that of labels, where they are asked for.
 */
export function vqModelLoss(
  model: VqModel,
  x: tf.Tensor4D,
  { codebookLoss = 'legacy', codebookWeight = 1, noise, reading, ...reconstruction }: VqModelLossOptions = {},
): VqModelLoss {
  const z = model.preQuantize(x);
  const { quantized, indices, loss: codebook } = model.quantize.forward(z, { codebookLoss });
  const features = model.decodeFeatures(noise ? withTokenNoise(quantized, noise) : quantized);
  const { loss, decoded, metrics } = reconstructionLoss(x, features, model.decoder.convOut, reconstruction);
  const unread = tf.add(loss, tf.mul(codebook, codebookWeight)) as tf.Scalar;
  const label = reading && crossEntropy(reading, quantized);
  return {
    loss: label ? tf.add(unread, tf.mul(label, reading.weight)) : unread,
    metrics: { ...metrics, codebook, ...(label && { label }) },
    decoded,
    vectors: tf.reshape(z, [-1, model.quantize.dimension]) as tf.Tensor2D,
    indices: tf.reshape(indices, [-1]) as tf.Tensor1D,
  };
}

/**
 * What an encoder can learn of many pictures before their reconstruction is trained, at a third of the work: labels, from
 * its vectors before they are quantized. (Codes would give way: without a reconstruction nothing keeps them apart.)
 */
export function vqEncoderLoss(
  model: VqModel,
  x: tf.Tensor4D,
  reading: LabelReading,
): { loss: tf.Scalar; metrics: { label: tf.Scalar } } {
  const label = crossEntropy(reading, model.preQuantize(x));
  return { loss: tf.mul(label, reading.weight), metrics: { label } };
}

/** In nats, the mean over the batch. */
function crossEntropy({ head, labels }: LabelReading, vectors: tf.Tensor4D): tf.Scalar {
  const logits = head.forward(vectors);
  const targets = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32');
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as tf.Scalar;
}
