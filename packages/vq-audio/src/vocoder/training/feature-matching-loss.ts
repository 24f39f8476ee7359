import * as tf from '@tensorflow/tfjs-core';
import type { Judgement } from '../neural/discriminator.js';

/**
 * How the mean distances of the layers are added up: MelGAN's mean over networks, 4 / (layers − 1) each; or HiFi-GAN's
 * sum, twice, with the logits as a layer.
 */
export type FeatureMatchingForm = 'melgan' | 'hifigan';

/**
 * How far what a discriminator's layers see in made waves is from what they see in real ones, by mean absolute
 * differences. MelGAN weighs it by 10, HiFi-GAN by 1.
 */
export function featureMatchingLoss(
  real: readonly Judgement[],
  made: readonly Judgement[],
  form: FeatureMatchingForm,
): tf.Scalar {
  const distances = made.flatMap(({ features, logits }, i) => {
    const layers = form === 'melgan' ? features : [...features, logits];
    const references = form === 'melgan' ? real[i].features : [...real[i].features, real[i].logits];
    const weight = form === 'melgan' ? 4 / (features.length - 1) / made.length : 2;
    return layers.map((layer, j) => tf.mul(tf.mean(tf.abs(tf.sub(layer, references[j]))), weight));
  });
  return tf.addN(distances) as tf.Scalar;
}
