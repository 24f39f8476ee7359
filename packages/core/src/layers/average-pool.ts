import * as tf from '@tensorflow/tfjs-core';
import { upsampleNearest } from './upsample-nearest.js';

/**
 * Halves a picture by the means of 2×2 pixels: `[B, H, W, C]` → `[B, H/2, W/2, C]`, both sides even. The gradient is
 * a quarter repeated four times, written out since `wasm` has no kernel for it.
 */
export function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.customGrad((...args) => {
    const [input] = args as unknown as [tf.Tensor4D];
    return {
      value: tf.avgPool(input, 2, 2, 'valid'),
      gradFunc: (dy: tf.Tensor) => [tf.mul(upsampleNearest(dy as tf.Tensor4D), 0.25)],
    };
  })(x) as tf.Tensor4D;
}
