import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../autograd/off-tape.js';
import type { Random } from '../random.js';

export interface TokenNoise {
  /** The largest share of a sample's tokens that are replaced; each sample draws its own between 0 and this. */
  share: number;
  random: Random;
}

/**
 * Replaces some codes `[B, h, w, D]` by codes from anywhere in the batch; no gradient flows to where they come from.
 * A decoder that is trained so bears wrong tokens, which a generator will give it, and the encoder learns tokens that
 * matter where they stand and agree with their neighbours, which a generator can predict. (Qiu et al. 2025, "Robust
 * Latent Matters", replace by near codes; these are any.)
 */
export function withTokenNoise(codes: tf.Tensor4D, { share, random }: TokenNoise): tf.Tensor4D {
  const [batch, height, width, dimension] = codes.shape;
  const size = height * width;
  const source = Int32Array.from({ length: batch * size }, (_, i) => i);
  const kept = new Float32Array(batch * size).fill(1);
  for (let sample = 0; sample < batch; sample++) {
    const own = share * random.uniform();
    for (let i = sample * size; i < (sample + 1) * size; i++) {
      if (random.uniform() >= own) continue;
      source[i] = random.integer(batch * size);
      kept[i] = 0;
    }
  }
  const rows = tf.reshape(codes, [batch * size, dimension]);
  const mask = tf.tensor2d(kept, [batch * size, 1]);
  const others = tf.gather(stopGradient(rows), tf.tensor1d(source, 'int32'));
  const mixed = tf.add(tf.mul(rows, mask), tf.mul(others, tf.sub(1, mask)));
  return tf.reshape(mixed, [batch, height, width, dimension]);
}
