import * as tf from '@tensorflow/tfjs-core';

/**
 * Doubles a picture by repetition: `[B, H, W, C]` → `[B, 2H, 2W, C]`. By concatenation and reshape, since the
 * gradient of `resizeNearestNeighbor` is wrong on `cpu` for batches.
 */
export function upsampleNearest(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const wide = tf.reshape(tf.concat([x, x], 3), [batch * height, 1, width * 2 * channels]);
  return tf.reshape(tf.concat([wide, wide], 1), [batch, height * 2, width * 2, channels]);
}
