import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../random.js';

/**
 * Sets a share `rate` of the values to zero and scales the rest by 1 / (1 − rate). The mask is drawn from
 * `random`, so that it is the same on every engine; without `random` (evaluation) nothing happens.
 */
export function dropout(x: tf.Tensor, rate: number, random: Random | undefined): tf.Tensor {
  if (!random || rate === 0) return x;
  const threshold = rate * 2 ** 32;
  const keep = 1 / (1 - rate);
  const mask = new Float32Array(x.size);
  for (let i = 0; i < mask.length; i++) mask[i] = random.bits() < threshold ? 0 : keep;
  return tf.mul(x, tf.tensor(mask, x.shape));
}
