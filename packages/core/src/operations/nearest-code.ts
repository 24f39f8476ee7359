import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';

/**
 * For each vector the index of the code at the least distance, the first of equals: `[N, D]` and `[K, D]` → int32 `[N]`,
 * without a gradient. The kernel `NearestCode`, which holds no matrix of distances.
 */
export function nearestCode(vectors: tf.Tensor2D, codes: tf.Tensor2D): tf.Tensor1D {
  const kernel = fusedKernel('NearestCode');
  if (kernel) return kernel({ vectors, codes })[0] as tf.Tensor1D;
  return tf.tidy(() => {
    const lengths = tf.sum(tf.square(codes), 1);
    return tf.argMin(tf.sub(lengths, tf.mul(tf.matMul(vectors, codes, false, true), 2)), 1);
  });
}
