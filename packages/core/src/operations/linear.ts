import * as tf from '@tensorflow/tfjs-core';
import { gelu, geluGradient } from './gelu.js';
import { fusedKernel, isTaped } from './kernel.js';

/** What follows a linear layer. */
export type Activation = 'none' | 'gelu';

/**
 * x·W + b, and the exact GELU after it where wanted: `[M, K]` by `[K, N]` with `[N]` → `[M, N]`. The kernel `Linear`, with
 * bias and activation in the end of the product; `LinearHalves` for a weight of packed halves, int32 `[K, N/2]`, which has
 * neither composition nor gradient.
 */
export function linear(
  x: tf.Tensor2D,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  activation: Activation = 'none',
): tf.Tensor2D {
  const halves = weight.dtype === 'int32';
  const kernel = fusedKernel(halves ? 'LinearHalves' : 'Linear');
  if (!kernel) {
    const product = tf.matMul(x, weight as tf.Tensor2D);
    const sum = bias ? tf.add(product, bias) : product;
    return (activation === 'gelu' ? gelu(sum) : sum) as tf.Tensor2D;
  }
  const product = (input: tf.Tensor, w: tf.Tensor, b: tf.Tensor | undefined, after: Activation) =>
    kernel(b ? { x: input, weight: w, bias: b } : { x: input, weight: w }, { activation: after })[0];
  if (halves || !isTaped()) return product(x, weight, bias, activation) as tf.Tensor2D;

  const inputs = bias ? [x, weight, bias] : [x, weight];
  return tf.customGrad((...args) => {
    const [input, w, b] = args.slice(0, inputs.length) as tf.Tensor[];
    const save = args[inputs.length] as unknown as tf.GradSaveFunc;
    const before = product(input, w, b, 'none');
    save(activation === 'gelu' ? [input, w, before] : [input, w]);
    return {
      value: activation === 'gelu' ? gelu(before) : before,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [rows, kept, sum] = saved;
        const d = sum ? geluGradient(sum, dy) : dy;
        const dx = tf.matMul(d, kept, false, true);
        const dWeight = tf.matMul(rows, d, true, false);
        // As a product with ones, which is faster than a sum over the first axis.
        return b ? [dx, dWeight, tf.reshape(tf.matMul(tf.ones([1, d.shape[0]]), d), b.shape)] : [dx, dWeight];
      },
    };
  })(...inputs) as tf.Tensor2D;
}
