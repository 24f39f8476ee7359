import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';

export interface AdamWAttributes {
  beta1: number;
  beta2: number;
  /** Of the step, with both bias corrections in it. */
  stepSize: number;
  epsilon: number;
  /** What decoupled decay leaves of the weight. */
  keep: number;
}

/** A weight, its moments and its gradient, all of one shape → the next weight and moments. The kernel `AdamW`. */
export function adamWUpdate(
  weight: tf.Tensor,
  first: tf.Tensor,
  second: tf.Tensor,
  gradient: tf.Tensor,
  { beta1, beta2, stepSize, epsilon, keep }: AdamWAttributes,
): tf.Tensor[] {
  const kernel = fusedKernel('AdamW');
  if (kernel) return kernel({ weight, first, second, gradient }, { beta1, beta2, stepSize, epsilon, keep });
  return tf.tidy(() => {
    const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const kept = keep === 1 ? weight : tf.mul(weight, keep);
    return [tf.sub(kept, tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), stepSize)), m, v];
  });
}
