import * as tf from '@tensorflow/tfjs-core';
import { type Activation, fusedKernel, gelu, type LayerNorm, type Linear } from '@visual-echoes/core';

/*
 * Layers of a block that share one custom gradient. A training step on a CPU spends as long on passes over the
 * activations as on matrix products, so scales, shifts and constants go into the weights, which are small, and a
 * bias is one more row of them under a column of ones, so that its gradient comes with theirs. For few rows the
 * weights are the larger part, and the plain layers are faster; so they are where the engine has kernels for them.
 */
const worthFolding = (x: tf.Tensor, linear: Linear) =>
  x.shape[0] >= 4 * linear.weight.shape[1] && !fusedKernel('Linear');

/** `linear(norm(x))` and what follows, where the norm's ε is 1e-6: `[M, in]` → `[M, out]`. */
export function normalizedLinear(
  x: tf.Tensor,
  norm: LayerNorm,
  linear: Linear,
  { activation = 'none' }: { activation?: Activation } = {},
): tf.Tensor {
  if (!worthFolding(x, linear)) return linear.forward(norm.forward(x), { activation });
  const y = folded(x, norm, linear, 1);
  return activation === 'gelu' ? gelu(y) : y;
}

/** `fc2(gelu(fc1(norm(x))))`, likewise, with the exact GELU: `[M, D]` → `[M, D]`. */
export function normalizedMlp(x: tf.Tensor, norm: LayerNorm, fc1: Linear, fc2: Linear): tf.Tensor {
  if (!worthFolding(x, fc1)) return fc2.forward(fc1.forward(norm.forward(x), { activation: 'gelu' }));
  const hidden = erfGate(folded(x, norm, fc1, Math.SQRT1_2)); // √2·gelu, [M, 4D]
  return withBias(tf.matMul(hidden, tf.mul(fc2.weight.value, Math.SQRT1_2)), fc2);
}

/** `linear(x)`: `[M, in]` → `[M, out]`. */
export const plainLinear = (x: tf.Tensor, linear: Linear): tf.Tensor =>
  fusedKernel('Linear') ? linear.forward(x) : withBias(tf.matMul(x, linear.weight.value), linear);

/** `factor · linear(norm(x))`. */
function folded(x: tf.Tensor, norm: LayerNorm, linear: Linear, factor: number): tf.Tensor {
  const [features] = linear.weight.value.shape;
  const matrix = tf.mul(linear.weight.value, factor);
  const weight = tf.mul(tf.reshape(norm.weight.value, [features, 1]), matrix);
  const bias = withBias(tf.matMul(tf.reshape(norm.bias.value, [1, features]), matrix), linear, factor); // [1, out]
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

/** x + factor·b over rows; b's gradient is a product with ones, three times as fast as a sum over the first axis. */
function withBias(x: tf.Tensor, { bias }: Linear, factor = 1): tf.Tensor {
  if (!bias) return x;
  return tf.customGrad((...args) => {
    const [input, b] = args as tf.Tensor[];
    return {
      value: tf.add(input, b),
      gradFunc: (dy: tf.Tensor) => [dy, tf.reshape(tf.matMul(tf.ones([1, dy.shape[0]]), dy), b.shape)],
    };
  })(x, factor === 1 ? bias.value : tf.mul(bias.value, factor));
}

/** u·(1 + erf u), which is √2·gelu(√2·u): GELU without its constants. */
function erfGate(u: tf.Tensor): tf.Tensor {
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
