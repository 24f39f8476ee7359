import * as tf from '@tensorflow/tfjs-core';

/** Computes a tensor, and ends when its values are here. */
export async function readResult(compute: () => tf.Tensor): Promise<void> {
  const tensor = tf.tidy(compute);
  await tensor.data();
  tensor.dispose();
}
