import * as tf from '@tensorflow/tfjs-core';
import type { LayerNorm, Linear } from '@visual-echoes/core';

/*
 * Layers in one custom gradient each. A step on a CPU spends as long on passes over the activations as on matrix
 * products, so constants, scales and shifts go into the weights, which are small, and a bias is one more row of
 * them under a column of ones, so that its gradient comes with theirs.
 */

/** `factor · linear(norm(x))` with ε = 1e-6: `[M, in]` → `[M, out]`. */
export function normalizedLinear(
  x: tf.Tensor,
  norm: LayerNorm,
  linear: Linear,
  { factor = 1 }: { factor?: number } = {},
): tf.Tensor {
  const [features] = linear.weight.value.shape;
  const matrix = tf.mul(linear.weight.value, factor) as tf.Tensor2D;
  const weight = tf.mul(tf.reshape(norm.weight.value, [features, 1]), matrix);
  const shift = tf.matMul(tf.reshape(norm.bias.value, [1, features]) as tf.Tensor2D, matrix);
  const bias = linear.bias ? tf.add(shift, tf.mul(linear.bias.value, factor)) : shift; // [1, out]
  return tf.customGrad((...args) => {
    const [input, w, b, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centred = tf.sub(input, tf.mean(input, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-6));
    const normal = tf.mul(centred, inverse);
    const withOne = tf.concat([normal, tf.ones([normal.shape[0], 1])], 1);
    save([normal, withOne, inverse, w]);
    return {
      value: tf.matMul(withOne, tf.concat([w, b], 0)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [n, n1, inv, kept] = saved;
        const dParameters = tf.matMul(n1, dy, true, false); // [in + 1, out]
        // dn less its mean over the features: the mean is taken off the weight, which is smaller.
        const dn = tf.matMul(dy, tf.sub(kept, tf.mean(kept, 0, true)), false, true);
        const along = tf.mean(tf.mul(dn, n), -1, true);
        return [
          tf.mul(tf.sub(dn, tf.mul(n, along)), inv),
          tf.slice(dParameters, [0, 0], [features, -1]),
          tf.slice(dParameters, [features, 0], [1, -1]),
        ];
      },
    };
  })(x, weight, bias);
}

/** `linear(factor · x)`: `[M, in]` → `[M, out]`. */
export function affine(x: tf.Tensor, linear: Linear, { factor = 1 }: { factor?: number } = {}): tf.Tensor {
  const weight = factor === 1 ? linear.weight.value : tf.mul(linear.weight.value, factor);
  const product = tf.matMul(x, weight);
  return linear.bias ? addBias(product, linear.bias.value) : product;
}

/** x + b over rows; the gradient of b is a product with ones, three times as fast as a sum over the first axis. */
function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.customGrad((...args) => {
    const [input, b] = args as tf.Tensor[];
    return {
      value: tf.add(input, b),
      gradFunc: (dy: tf.Tensor) => [dy, tf.reshape(tf.matMul(tf.ones([1, dy.shape[0]]), dy), b.shape)],
    };
  })(x, bias);
}

/**
 * u·(1 + erf u), which is √2·gelu(√2·u): the exact GELU, with its constants left to the layers before and after.
 */
export function erfGate(u: tf.Tensor): tf.Tensor {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const gate = tf.add(tf.erf(input), 1);
    save([input, gate]);
    return {
      value: tf.mul(input, gate),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [t, g] = saved;
        const slope = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(t))); // of erf
        return [tf.mul(dy, tf.add(g, tf.mul(t, slope)))];
      },
    };
  })(u);
}
