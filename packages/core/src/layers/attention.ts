import * as tf from '@tensorflow/tfjs-core';

/** softmax(q·kᵀ/√d)·v: `[B, N, D]` or `[B, heads, N, D]`, all three alike. */
export function scaledDotProductAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const scale = 1 / Math.sqrt(q.shape[q.rank - 1]);
  const weights = tf.softmax(tf.matMul(tf.mul(q, scale), k, false, true));
  return tf.matMul(weights, v);
}

/**
 * Multi-head self-attention over queries, keys and values that lie side by side, as timm's `qkv` layer makes them:
 * `[B, N, 3D]` → `[B, N, D]`. One custom gradient, which keeps one matrix of weights, and transposes only by
 * axes [0, 2, 1, 3], since wasm takes a hundred times longer for five axes.
 */
export function multiHeadSelfAttention(qkv: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, width3] = qkv.shape;
  const size = width3 / 3 / heads;
  const scale = 1 / Math.sqrt(size);
  const split = (x: tf.Tensor, parts: number) =>
    tf.transpose(tf.reshape(x, [batch, length, parts * heads, size]), [0, 2, 1, 3]); // [B, parts·h, N, d]
  const join = (x: tf.Tensor) => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, -1]);
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const all = split(input, 3);
    const part = (i: number) => tf.slice(all, [0, i * heads, 0, 0], [-1, heads, -1, -1]);
    const q = tf.mul(part(0), scale);
    const [k, v] = [part(1), part(2)];
    const weights = tf.softmax(tf.matMul(q, k, false, true)); // [B, h, N, N]
    const mixed = tf.matMul(weights, v); // [B, h, N, d]
    save([q, k, v, weights, mixed]);
    return {
      value: join(mixed),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, values, w, out] = saved;
        const dOut = split(dy, 1);
        const dv = tf.matMul(w, dOut, true, false);
        // Of softmax: dS = w·(dW − Σⱼ dWⱼ·wⱼ), and the sum is dy·y, D long and not N (Dao et al. 2022). As one
        // more column of both factors it costs the matrix product nothing and saves a pass over [N, N].
        const along = tf.neg(tf.sum(tf.mul(dOut, out), -1, true));
        const ones = tf.ones([batch, heads, length, 1]);
        const dWeights = tf.matMul(tf.concat([dOut, along], -1), tf.concat([values, ones], -1), false, true);
        const dScores = tf.mul(w, dWeights);
        const dq = tf.mul(tf.matMul(dScores, keys), scale);
        const dk = tf.matMul(dScores, queries, true, false);
        return [join(tf.concat([dq, dk, dv], 1))];
      },
    };
  })(qkv);
}
