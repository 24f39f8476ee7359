import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';
import { normalize, standardized, standardizedGradient } from './normalize.js';

const ofRow = (x: tf.Tensor) => tf.mean(x, -1, true);

/** Layer normalization of rows, `[M, D]` with weight and bias `[D]`: the kernels `LayerNorm` and `LayerNormGrad`. */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  const kernel = fusedKernel('LayerNorm');
  if (!kernel) return tf.add(tf.mul(normalize(x, ofRow, epsilon), weight), bias);
  return tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([input, scale]);
    return {
      value: kernel({ x: input, weight: scale, bias: shift }, { epsilon })[0],
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [rows, kept] = saved;
        const backward = fusedKernel('LayerNormGrad');
        if (backward) return backward({ x: rows, weight: kept, dy }, { epsilon });
        const [normal, inverse] = standardized(rows, ofRow, epsilon);
        const dx = standardizedGradient(tf.mul(dy, kept), normal, inverse, ofRow);
        return [dx, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
      },
    };
  })(x, weight, bias) as tf.Tensor2D;
}
