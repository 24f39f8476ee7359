import * as tf from '@tensorflow/tfjs-core';
import type { PatchDiscriminator } from './patch-discriminator.js';

/** The form of a discriminator's loss in taming-transformers. */
export type DiscriminatorLossForm = 'hinge' | 'vanilla';

/** mean(max(0, 1 − real) + max(0, 1 + fake)) / 2, each mean by itself. */
export const hingeLoss = (real: tf.Tensor, fake: tf.Tensor): tf.Scalar =>
  tf.mul(0.5, tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))));

/** mean(softplus(−real) + softplus(fake)) / 2, each mean by itself. */
export const vanillaLoss = (real: tf.Tensor, fake: tf.Tensor): tf.Scalar =>
  tf.mul(0.5, tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake))));

export interface DiscriminatorLoss {
  loss: tf.Scalar;
  /** Mean logits. */
  metrics: { logitsReal: tf.Scalar; logitsFake: tf.Scalar };
}

/** A discriminator's loss in training, on pictures `[B, H, W, C]` and reconstructions which are constants to it. */
export function discriminatorLoss(
  discriminator: PatchDiscriminator,
  pictures: tf.Tensor4D,
  reconstructions: tf.Tensor4D,
  { form = 'hinge' }: { form?: DiscriminatorLossForm } = {},
): DiscriminatorLoss {
  const real = discriminator.forward(pictures, { training: true });
  const fake = discriminator.forward(reconstructions, { training: true });
  return {
    loss: form === 'hinge' ? hingeLoss(real, fake) : vanillaLoss(real, fake),
    metrics: { logitsReal: tf.mean(real) as tf.Scalar, logitsFake: tf.mean(fake) as tf.Scalar },
  };
}
