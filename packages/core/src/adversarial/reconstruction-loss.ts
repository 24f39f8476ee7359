import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../autograd/with-gradient.js';
import type { Conv2d } from '../layers/conv2d.js';
import type { PatchDiscriminator } from './patch-discriminator.js';

/** How far reconstructions are from pictures, both `[B, H, W, C]`, as a mean over the batch. */
export type PerceptualLoss = (pictures: tf.Tensor4D, reconstructions: tf.Tensor4D) => tf.Scalar;

/** The discriminator that a decoder is trained against. */
export interface Adversary {
  discriminator: PatchDiscriminator;
  /** Of the adversarial loss, times the adaptive weight; 0.8 in taming's configurations. */
  weight?: number;
  /** The most that the adaptive weight can be; 1e4 in taming-transformers, 1 in SpecVQGAN. */
  adaptiveLimit?: number;
}

export interface ReconstructionLossOptions {
  /** Beside the absolute error; LPIPS in taming-transformers, none in SpecVQGAN (the authors' erratum). */
  perceptual?: PerceptualLoss | undefined;
  perceptualWeight?: number;
  adversary?: Adversary | undefined;
}

export interface ReconstructionLoss {
  loss: tf.Scalar;
  /** What the convolution makes of the features: `[B, H, W, C]`. */
  decoded: tf.Tensor4D;
  metrics: {
    /** Mean absolute error. */
    reconstruction: tf.Scalar;
    perceptual?: tf.Scalar;
    /** −mean of the logits. */
    adversarial?: tf.Scalar;
    /** What the adversarial loss was weighed by. */
    adversarialWeight?: tf.Scalar;
  };
}

/**
 * A decoder's loss in taming's `VQLPIPSWithDiscriminator`, from what its last convolution takes:
 * mean |x − x̂| + perceptual + w·adversarial. The adaptive weight w is ‖∇(the former two)‖ / (‖∇adversarial‖ + 1e-4)
 * at the last convolution's weight, limited, times the adversary's weight, and is a constant to the gradient.
 */
export function reconstructionLoss(
  pictures: tf.Tensor4D,
  features: tf.Tensor4D,
  convOut: Conv2d,
  { perceptual, perceptualWeight = 1, adversary }: ReconstructionLossOptions = {},
): ReconstructionLoss {
  const decoded = convOut.forward(features);
  const metrics: Partial<ReconstructionLoss['metrics']> = {};
  const likeness = (x: tf.Tensor) => {
    metrics.reconstruction = tf.mean(tf.abs(tf.sub(pictures, x)));
    if (!perceptual) return metrics.reconstruction;
    metrics.perceptual = perceptual(pictures, x as tf.Tensor4D);
    return tf.add(metrics.reconstruction, tf.mul(metrics.perceptual, perceptualWeight)) as tf.Scalar;
  };
  const done = (loss: tf.Scalar) => ({
    loss,
    decoded,
    metrics: metrics as ReconstructionLoss['metrics'],
  });
  if (!adversary) return done(likeness(decoded));

  const { discriminator, weight = 0.8, adaptiveLimit = 1e4 } = adversary;
  const deceit = (x: tf.Tensor) =>
    tf.neg(tf.mean(discriminator.forward(x as tf.Tensor4D, { training: true })));
  // Both slopes by the reconstruction, once: what comes before it is then gone through with their sum alone.
  const near = withSlope(likeness, decoded);
  const adversarial = withSlope(deceit, decoded);
  const atLastWeight = (slope: tf.Tensor) => {
    const filter = convOut.weight.value as unknown as tf.Tensor4D;
    const gradient = tf.grad((w) => convOut.convolve(features, w as tf.Tensor4D))(filter, slope);
    return tf.norm(gradient);
  };
  const ratio = tf.div(atLastWeight(near.slope), tf.add(atLastWeight(adversarial.slope), 1e-4));
  const total = tf.mul(tf.minimum(ratio, adaptiveLimit), weight) as tf.Scalar;
  metrics.adversarial = adversarial.value;
  metrics.adversarialWeight = total;
  const value = tf.add(near.value, tf.mul(total, adversarial.value)) as tf.Scalar;
  const slope = tf.add(near.slope, tf.mul(total, adversarial.slope));
  return done(withGradient(decoded, value, slope));
}

function withSlope(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): { value: tf.Scalar; slope: tf.Tensor } {
  const { value, grad } = tf.valueAndGrad(f)(x);
  return { value: value as tf.Scalar, slope: grad };
}
