import * as tf from '@tensorflow/tfjs-core';
import type { Judgement } from '../neural/discriminator.js';

/** What a discriminator and a generator are trained on: sums over the networks of means over what each says. */
export interface AdversarialLoss {
  /** Low where real and made waves are told apart. */
  discriminator(real: readonly Judgement[], made: readonly Judgement[]): tf.Scalar;
  /** Low where made waves pass for real. */
  generator(made: readonly Judgement[]): tf.Scalar;
}

/** MelGAN's: relu(1 − D(real)) + relu(1 + D(made)), and −D(made). */
export const hingeLoss: AdversarialLoss = {
  discriminator: (real, made) =>
    tf.add(
      overNetworks(real, (x) => tf.relu(tf.sub(1, x))),
      overNetworks(made, (x) => tf.relu(tf.add(1, x))),
    ),
  generator: (made) => overNetworks(made, tf.neg),
};

/** HiFi-GAN's: (1 − D(real))² + D(made)², and (1 − D(made))². */
export const leastSquaresLoss: AdversarialLoss = {
  discriminator: (real, made) =>
    tf.add(
      overNetworks(real, (x) => tf.square(tf.sub(1, x))),
      overNetworks(made, (x) => tf.square(x)),
    ),
  generator: (made) => overNetworks(made, (x) => tf.square(tf.sub(1, x))),
};

const overNetworks = (judgements: readonly Judgement[], loss: (logits: tf.Tensor) => tf.Tensor): tf.Scalar =>
  tf.addN(judgements.map(({ logits }) => tf.mean(loss(logits)))) as tf.Scalar;
