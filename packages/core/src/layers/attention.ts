import * as tf from '@tensorflow/tfjs-core';

/** softmax(q·kᵀ/√d)·v: `[B, N, D]` or `[B, heads, N, D]`, all three alike. */
export function scaledDotProductAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const scale = 1 / Math.sqrt(q.shape[q.rank - 1]);
  const weights = tf.softmax(tf.matMul(tf.mul(q, scale), k, false, true));
  return tf.matMul(weights, v);
}

/**
 * Multi-head self-attention over queries, keys and values that lie side by side, as timm's `qkv` layer makes them:
 * `[B, N, 3D]` → `[B, N, D]`. One custom gradient, which keeps one matrix of weights and none of the copies that
 * the transposes and slices would record.
 */
export function multiHeadSelfAttention(qkv: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, width3] = qkv.shape;
  const width = width3 / 3;
  const size = width / heads;
  const scale = 1 / Math.sqrt(size);
  const split = (x: tf.Tensor, parts: number) =>
    tf.transpose(tf.reshape(x, [batch, length, parts, heads, size]), [2, 0, 3, 1, 4]);
  const part = (x: tf.Tensor, i: number) =>
    tf.reshape(tf.slice(x, [i, 0, 0, 0, 0], [1, -1, -1, -1, -1]), [batch * heads, length, size]);
  const join = (x: tf.Tensor, parts: number) =>
    tf.reshape(tf.transpose(tf.reshape(x, [parts, batch, heads, length, size]), [1, 3, 0, 2, 4]), [
      batch,
      length,
      parts * width,
    ]);
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const all = split(input, 3);
    const q = tf.mul(part(all, 0), scale);
    const [k, v] = [part(all, 1), part(all, 2)];
    const weights = tf.softmax(tf.matMul(q, k, false, true)); // [B·h, N, N]
    const mixed = tf.matMul(weights, v);
    save([q, k, v, weights, mixed]);
    return {
      value: join(mixed, 1),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, values, w, out] = saved;
        const dOut = part(split(dy, 1), 0);
        const dv = tf.matMul(w, dOut, true, false);
        // Σⱼ dwᵢⱼ·wᵢⱼ = dyᵢ·yᵢ, which is D long and not N (Dao et al. 2022).
        const along = tf.sum(tf.mul(dOut, out), -1, true);
        const dScores = tf.mul(w, tf.sub(tf.matMul(dOut, values, false, true), along));
        const dq = tf.mul(tf.matMul(dScores, keys), scale);
        const dk = tf.matMul(dScores, queries, true, false);
        return [join(tf.concat([dq, dk, dv], 0), 3)];
      },
    };
  })(qkv);
}
