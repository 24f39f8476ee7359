import * as tf from '@tensorflow/tfjs-core';

/**
 * h·Tᵀ + b for hidden rows `[M, D]`, a table T `[V, D]` and a bias `[V]` → `[M, V]`.
 */
export const tiedLogits = (hidden: tf.Tensor, table: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(hidden, table, false, true), bias);

/**
 * The mean cross-entropy of `tiedLogits` against `targets` (int32 `[M]`), with label smoothing ε: the target
 * distribution is 1 − ε on the target and ε/V on every entry, or the target's row of `distributions` `[V, V]`. T has a
 * gradient where `tableGradient` is set. One custom gradient over the head, so that the logits and their softmax are
 * walked through as few times as can be.
 */
export function tiedCrossEntropy(
  hidden: tf.Tensor,
  table: tf.Tensor,
  bias: tf.Tensor,
  targets: Int32Array,
  {
    smoothing,
    distributions,
    tableGradient = false,
  }: { smoothing: number; distributions?: tf.Tensor2D; tableGradient?: boolean },
): tf.Scalar {
  const [rows] = hidden.shape;
  const vocabulary = table.shape[0];
  return tf.customGrad((...args) => {
    const [h, b] = args as tf.Tensor[];
    const save = args[args.length - 1] as unknown as tf.GradSaveFunc;
    const logits = tiedLogits(h, table, b);
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1, true); // [M, 1]
    const wanted = distributions
      ? tf.gather(distributions, tf.tensor1d(targets, 'int32'))
      : smoothedTargets(targets, vocabulary, smoothing);
    // Row by row first: one sum over everything would lose four digits on wasm.
    const loss = tf.mean(tf.sub(tf.log(sums), tf.sum(tf.mul(wanted, shifted), 1, true)));
    const gradient = tf.div(tf.sub(tf.div(exponentials, sums), wanted), rows); // of the logits
    save([gradient, table, h]);
    return {
      value: loss,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [g, codes, own] = saved;
        const dLogits = tf.mul(g, dy);
        return [
          tf.matMul(dLogits, codes),
          tf.reshape(tf.matMul(tf.ones([1, rows]), dLogits), [vocabulary]),
          ...(tableGradient ? [tf.matMul(dLogits, own, true, false)] : []),
        ];
      },
    };
  })(...(tableGradient ? [hidden, bias, table] : [hidden, bias])) as tf.Scalar;
}

/** `[M, V]`, made in JavaScript: on wasm, `tf.oneHot` writes whole numbers into its floats. */
function smoothedTargets(targets: Int32Array, vocabulary: number, smoothing: number): tf.Tensor2D {
  const low = smoothing / vocabulary;
  const values = new Float32Array(targets.length * vocabulary).fill(low);
  for (let i = 0; i < targets.length; i++) values[i * vocabulary + targets[i]] += 1 - smoothing;
  return tf.tensor2d(values, [targets.length, vocabulary]);
}
