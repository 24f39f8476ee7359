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
  /** The least; 0 in taming-transformers, 1 in SpecVQGAN, whose weight so never changes. */
  adaptiveMinimum?: number;
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
  const error = (x: tf.Tensor) => tf.mean(tf.abs(tf.sub(pictures, x)));
  const look = perceptual && ((x: tf.Tensor) => perceptual(pictures, x as tf.Tensor4D));
  if (!adversary) {
    const metrics = { reconstruction: error(decoded) as tf.Scalar, perceptual: look?.(decoded) };
    const near = plus(metrics.reconstruction, metrics.perceptual, perceptualWeight) as tf.Scalar;
    return { loss: near, decoded, metrics: defined(metrics) };
  }

  const { discriminator, weight = 0.8, adaptiveLimit = 1e4, adaptiveMinimum = 0 } = adversary;
  const deceit = (x: tf.Tensor) =>
    tf.neg(tf.mean(discriminator.forward(x as tf.Tensor4D, { training: true })));
  // Slopes by the reconstruction, once: what comes before it is then gone through with their sum alone.
  const reconstruction = withSlope(error, decoded);
  const seen = look && withSlope(look, decoded);
  const adversarial = withSlope(deceit, decoded);
  const nearSlope = plus(reconstruction.slope, seen?.slope, perceptualWeight);
  const atLastWeight = (slope: tf.Tensor) => {
    const filter = convOut.weight.value as unknown as tf.Tensor4D;
    return tf.norm(tf.grad((w) => convOut.convolve(features, w as tf.Tensor4D))(filter, slope));
  };
  const ratio = tf.div(atLastWeight(nearSlope), tf.add(atLastWeight(adversarial.slope), 1e-4));
  const adversarialWeight = tf.mul(
    tf.clipByValue(ratio, adaptiveMinimum, adaptiveLimit),
    weight,
  ) as tf.Scalar;
  const near = plus(reconstruction.value, seen?.value, perceptualWeight);
  const value = plus(near, adversarial.value, adversarialWeight) as tf.Scalar;
  const slope = plus(nearSlope, adversarial.slope, adversarialWeight);
  return {
    loss: withGradient(decoded, value, slope),
    decoded,
    metrics: defined({
      reconstruction: reconstruction.value,
      perceptual: seen?.value,
      adversarial: adversarial.value,
      adversarialWeight,
    }),
  };
}

/** a + weight · b, or a where there is no b. */
const plus = (a: tf.Tensor, b: tf.Tensor | undefined, weight: number | tf.Scalar): tf.Tensor =>
  b ? tf.add(a, tf.mul(b, weight)) : a;

const defined = <T extends object>(metrics: T) =>
  Object.fromEntries(
    Object.entries(metrics).filter(([, value]) => value !== undefined),
  ) as ReconstructionLoss['metrics'] & T;

function withSlope(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): { value: tf.Scalar; slope: tf.Tensor } {
  const { value, grad } = tf.valueAndGrad(f)(x);
  return { value: value as tf.Scalar, slope: grad };
}
