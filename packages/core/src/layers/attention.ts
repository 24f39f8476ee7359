import * as tf from '@tensorflow/tfjs-core';

/** softmax(q·kᵀ/√d)·v: `[B, N, D]` or `[B, heads, N, D]`, all three alike. */
export function scaledDotProductAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const scale = 1 / Math.sqrt(q.shape[q.rank - 1]);
  const weights = tf.softmax(tf.matMul(tf.mul(q, scale), k, false, true));
  return tf.matMul(weights, v);
}
