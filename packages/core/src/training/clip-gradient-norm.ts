import * as tf from '@tensorflow/tfjs-core';
import type { Gradients } from '../autograd/value-and-gradients.js';

/**
 * Scales all gradients together so that their norm is at most `maximum`, as
 * `torch.nn.utils.clip_grad_norm_` does, and returns the norm they had. The old gradients are disposed of.
 */
export function clipGradientNorm(
  gradients: Gradients,
  maximum: number,
): { clipped: Gradients; norm: tf.Scalar } {
  const norm = tf.tidy(
    () =>
      tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient))))) as tf.Scalar,
  );
  const scale = tf.tidy(() => tf.minimum(tf.div(maximum, tf.add(norm, 1e-6)), 1));
  const clipped: Gradients = new Map();
  for (const [name, gradient] of gradients) {
    clipped.set(name, tf.mul(gradient, scale));
    gradient.dispose();
  }
  scale.dispose();
  return { clipped, norm };
}
