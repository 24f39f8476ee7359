import * as tf from '@tensorflow/tfjs-core';

/** Zeros before and after: `[B, T, C]` → `[B, before + T + after, C]`. */
export function zeroPad1d(x: tf.Tensor3D, before: number, after: number): tf.Tensor3D {
  if (before === 0 && after === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);
}

/**
 * The ends mirrored, without repeating the first and the last: `[B, T, C]` → `[B, before + T + after, C]`, both less
 * than T. By reversal and concatenation, since TensorFlow.js has no gradient of `mirrorPad`.
 */
export function reflectionPad1d(x: tf.Tensor3D, before: number, after: number): tf.Tensor3D {
  const [batch, length, channels] = x.shape;
  const mirrored = (from: number, count: number) =>
    tf.reverse(tf.slice(x, [0, from, 0], [batch, count, channels]), 1);
  const parts: tf.Tensor3D[] = [x];
  if (before > 0) parts.unshift(mirrored(1, before));
  if (after > 0) parts.push(mirrored(length - 1 - after, after));
  return parts.length === 1 ? x : tf.concat(parts, 1);
}
