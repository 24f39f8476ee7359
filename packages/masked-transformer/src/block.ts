import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '@visual-echoes/core';
import {
  dropout,
  gelu,
  LayerNorm,
  Linear,
  Module,
  multiHeadSelfAttention,
  uniform,
} from '@visual-echoes/core';

/** A linear layer with MAGE's start values: Xavier-uniform weight, zero bias. */
export function linear(input: number, output: number, random: Random): Linear {
  return new Linear(input, output, { random, initialize: uniform(random, Math.sqrt(6 / (input + output))) });
}

/** timm's attention: one matrix makes queries, keys and values. */
class Attention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  private readonly heads: number;

  constructor(width: number, heads: number, random: Random) {
    super();
    this.qkv = linear(width, 3 * width, random);
    this.proj = linear(width, width, random);
    this.heads = heads;
  }

  /** `[B·N, D]` → `[B·N, D]`, for `batch` B. */
  forward(x: tf.Tensor2D, batch: number): tf.Tensor {
    const [rows, width] = x.shape;
    const qkv = tf.reshape(this.qkv.forward(x), [batch, rows / batch, 3 * width]); // [B, N, 3D]
    return this.proj.forward(tf.reshape(multiHeadSelfAttention(qkv, this.heads), [rows, width]));
  }
}

class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(width: number, hidden: number, random: Random) {
    super();
    this.fc1 = linear(width, hidden, random);
    this.fc2 = linear(hidden, width, random);
  }

  forward(x: tf.Tensor): tf.Tensor {
    return this.fc2.forward(gelu(this.fc1.forward(x)));
  }
}

/** One pre-norm transformer block: `[B·N, D]` → `[B·N, D]`. */
export class Block extends Module {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  private readonly rate: number;

  constructor(width: number, heads: number, mlpRatio: number, rate: number, random: Random) {
    super();
    this.norm1 = new LayerNorm(width, { epsilon: 1e-6 });
    this.attn = new Attention(width, heads, random);
    this.norm2 = new LayerNorm(width, { epsilon: 1e-6 });
    this.mlp = new Mlp(width, Math.round(width * mlpRatio), random);
    this.rate = rate;
  }

  forward(x: tf.Tensor2D, batch: number, random?: Random): tf.Tensor2D {
    const mixed = this.attn.forward(this.norm1.forward(x) as tf.Tensor2D, batch);
    const y = tf.add(x, dropout(mixed, this.rate, random));
    return tf.add(y, dropout(this.mlp.forward(this.norm2.forward(y)), this.rate, random));
  }
}
