import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';

/**
 * softmax(q·kᵀ/√d)·v of queries, keys and values that lie side by side, as timm's `qkv` layer makes them, each with its
 * heads side by side: `[B, N, 3·heads·d]` → `[B, N, heads·d]`. The kernels `SelfAttention` and `SelfAttentionGrad`. Memory
 * grows with N and not with its square: composed, long sequences are taken by blocks of queries, whose weights the
 * backward pass computes again.
 *
 * @param mostWeights how many attention weights are held at a time where they are composed; 64 MiB of them.
 */
export function selfAttention(
  qkv: tf.Tensor,
  heads: number,
  { mostWeights = 16 * 1024 * 1024 }: { mostWeights?: number } = {},
): tf.Tensor {
  const attention = new ComposedAttention(qkv.shape, heads, mostWeights);
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const kernel = fusedKernel('SelfAttention');
    if (!kernel) {
      const { y, kept } = attention.forward(input);
      save(kept);
      return { value: y, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [attention.backward(dy, saved)] };
    }
    const [y] = kernel({ qkv: input }, { heads });
    save([input, y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [all, out]: tf.Tensor[]) => {
        const backward = fusedKernel('SelfAttentionGrad');
        if (backward) return backward({ qkv: all, y: out, dy }, { heads });
        return [attention.backward(dy, [...attention.parts(all), attention.split(out, 1)])];
      },
    };
  })(qkv);
}

type Block = readonly [start: number, count: number];

/** Attention of TensorFlow.js's own operations. Transposes only by axes [0, 2, 1, 3]: wasm takes 100 times longer for five. */
class ComposedAttention {
  private readonly scale: number;
  /** Of queries; one where all weights may be held. */
  private readonly blocks: readonly Block[];

  constructor(
    private readonly shape: readonly number[],
    private readonly heads: number,
    mostWeights: number,
  ) {
    const [batch, length, width3] = shape;
    this.scale = 1 / Math.sqrt(width3 / 3 / heads);
    const rows = Math.max(1, Math.floor(mostWeights / (batch * heads * length)));
    this.blocks = Array.from({ length: Math.ceil(length / rows) }, (_, i) => [
      i * rows,
      Math.min(rows, length - i * rows),
    ]);
  }

  /** The output, and what `backward` needs: queries, keys, values, the output by heads, and the weights of a single block. */
  forward(qkv: tf.Tensor): { y: tf.Tensor; kept: tf.Tensor[] } {
    const [q, k, v] = this.parts(qkv);
    const single = this.blocks.length === 1 ? [weigh(q, k)] : [];
    const mix = (block: Block) => tf.tidy(() => tf.matMul(weigh(part(q, block), k), v));
    const mixed = single.length ? tf.matMul(single[0], v) : tf.concat(this.blocks.map(mix), 2); // [B, h, N, d]
    return { y: this.join(mixed), kept: [q, k, v, mixed, ...single] };
  }

  /** The gradient by `qkv`. */
  backward(dy: tf.Tensor, [q, k, v, mixed, weights]: tf.Tensor[]): tf.Tensor {
    const dMixed = this.split(dy, 1);
    // Of softmax: dS = w·(dW − Σⱼ dWⱼ·wⱼ), and the sum is dy·y, d long and not N (Dao et al. 2022). As one
    // more column of both factors it costs the matrix product nothing and saves a pass over [N, N].
    const left = tf.concat([dMixed, tf.neg(tf.sum(tf.mul(dMixed, mixed), -1, true))], -1);
    const right = tf.concat([v, tf.onesLike(tf.slice(v, [0, 0, 0, 0], [-1, -1, -1, 1]))], -1);
    const ofBlock = (block: Block) => {
      const queries = part(q, block);
      const w = weights ?? weigh(queries, k);
      const dScores = tf.mul(w, tf.matMul(part(left, block), right, false, true));
      return [
        tf.mul(tf.matMul(dScores, k), this.scale),
        tf.matMul(dScores, queries, true, false),
        tf.matMul(w, part(dMixed, block), true, false),
      ];
    };
    const gradients = this.blocks.map((block) => tf.tidy(() => ofBlock(block)));
    const all = (i: number) => gradients.map((ofOne) => ofOne[i]);
    return this.join(tf.concat([tf.concat(all(0), 2), tf.addN(all(1)), tf.addN(all(2))], 1));
  }

  /** Scaled queries, keys and values, each `[B, heads, N, d]`. */
  parts(qkv: tf.Tensor): tf.Tensor[] {
    const all = this.split(qkv, 3);
    const third = (i: number) => tf.slice(all, [0, i * this.heads, 0, 0], [-1, this.heads, -1, -1]);
    return [tf.mul(third(0), this.scale), third(1), third(2)];
  }

  /** `[B, N, parts·heads·d]` → `[B, parts·heads, N, d]` */
  split(x: tf.Tensor, parts: number): tf.Tensor {
    const [batch, length] = this.shape;
    return tf.transpose(tf.reshape(x, [batch, length, parts * this.heads, -1]), [0, 2, 1, 3]);
  }

  private join(x: tf.Tensor): tf.Tensor {
    const [batch, length] = this.shape;
    return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, -1]);
  }
}

/** softmax(q·kᵀ): `[B, heads, queries, N]`. */
const weigh = (q: tf.Tensor, k: tf.Tensor) => tf.softmax(tf.matMul(q, k, false, true));

const part = (x: tf.Tensor, [start, count]: Block) =>
  start === 0 && count === x.shape[2] ? x : tf.slice(x, [0, 0, start, 0], [-1, -1, count, -1]);
