import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '@visual-echoes/core';
import { dropout, LayerNorm, Linear, Module, selfAttention, uniform } from '@visual-echoes/core';
import { normalizedLinear, normalizedMlp, plainLinear } from './fused.js';

/** A linear layer with MAGE's start values: Xavier-uniform weight, zero bias. */
export function linear(input: number, output: number, random: Random): Linear {
  return new Linear(input, output, { random, initialize: uniform(random, Math.sqrt(6 / (input + output))) });
}

/** The weights of timm's attention: one matrix makes queries, keys and values. */
class Attention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;

  constructor(width: number, random: Random) {
    super();
    this.qkv = linear(width, 3 * width, random);
    this.proj = linear(width, width, random);
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
}

/** One pre-norm transformer block: x + attention(norm1(x)), then y + mlp(norm2(y)). */
export class Block extends Module {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  private readonly heads: number;
  private readonly rate: number;

  constructor(width: number, heads: number, mlpRatio: number, rate: number, random: Random) {
    super();
    this.norm1 = new LayerNorm(width, { epsilon: 1e-6 });
    this.attn = new Attention(width, random);
    this.norm2 = new LayerNorm(width, { epsilon: 1e-6 });
    this.mlp = new Mlp(width, Math.round(width * mlpRatio), random);
    this.heads = heads;
    this.rate = rate;
  }

  /**
   * `[B·N, D]` → `[B·N, D]`, for `batch` B. What a half of it no longer wants is freed, so that the other half has the
   * same memory, warm from the caches.
   */
  forward(x: tf.Tensor2D, batch: number, random?: Random): tf.Tensor2D {
    const { norm1, attn, norm2, mlp } = this;
    const [rows, width] = x.shape;
    const y = tf.tidy(() => {
      const qkv = tf.reshape(normalizedLinear(x, norm1, attn.qkv), [batch, rows / batch, 3 * width]);
      const mixed = plainLinear(tf.reshape(selfAttention(qkv, this.heads), [rows, width]), attn.proj);
      return tf.add(x, dropout(mixed, this.rate, random));
    });
    return tf.tidy(() =>
      tf.add(y, dropout(normalizedMlp(y, norm2, mlp.fc1, mlp.fc2), this.rate, random)),
    ) as tf.Tensor2D;
  }
}
