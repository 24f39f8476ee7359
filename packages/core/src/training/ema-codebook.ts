import * as tf from '@tensorflow/tfjs-core';
import type { VectorQuantizer } from '../autoencoder/vector-quantizer.js';
import { ConfigurationError } from '../errors.js';
import { zeros } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';

export interface EmaCodebookOptions {
  /** 0.99 in van den Oord et al. (2017), appendix A.1. */
  decay?: number;
  /** What the codebook starts as: a sample of the first batch, or the quantizer's codes, each as if it had its even share. */
  start?: 'batch' | 'codes';
  /** A code is dead where it is used less than this share of an even use, and starts anew. */
  reviveBelow?: number;
}

/**
 * Lets a quantizer's codebook follow its encoder's vectors as moving averages (van den Oord et al. 2017), and
 * moves dead codes onto random vectors of the batch.
 */
export class EmaCodebook extends Module {
  readonly counts: Parameter;
  readonly sums: Parameter;
  private readonly quantizer: VectorQuantizer;
  private readonly decay: number;
  private readonly reviveBelow: number;
  private readonly start: 'batch' | 'codes';

  constructor(
    quantizer: VectorQuantizer,
    { decay = 0.99, reviveBelow = 0.05, start = 'batch' }: EmaCodebookOptions = {},
  ) {
    super();
    if (!(decay > 0 && decay < 1) || !(reviveBelow > 0 && reviveBelow < 1)) {
      throw new ConfigurationError(
        `An EMA codebook has decay ${decay} and reviveBelow ${reviveBelow}; both must lie between 0 and 1.`,
      );
    }
    this.counts = new Parameter([quantizer.codes], zeros, { trainable: false });
    this.sums = new Parameter([quantizer.codes, quantizer.dimension], zeros, { trainable: false });
    this.quantizer = quantizer;
    this.decay = decay;
    this.reviveBelow = reviveBelow;
    this.start = start;
  }

  /** The quantizer is not a part of this state. */
  override namedParameters(): Map<string, Parameter> {
    return new Map([
      ['counts', this.counts],
      ['sums', this.sums],
    ]);
  }

  /**
   * Takes one batch in: the encoder's vectors `[N, D]` and the codes they took, int32 `[N]`.
   * @returns how many codes were revived.
   */
  async update(vectors: tf.Tensor2D, indices: tf.Tensor1D, random: Random): Promise<number> {
    const { codes, dimension } = this.quantizer;
    const evenUse = vectors.shape[0] / codes;
    if (this.start === 'codes') await this.adoptCodes(evenUse);
    const [counts, sums] = tf.tidy(() => {
      // As whole numbers first: wasm writes their bits also where float32 is asked.
      const used = tf.cast(tf.oneHot(indices, codes), 'float32') as tf.Tensor2D;
      const share = 1 - this.decay;
      return [
        tf.add(tf.mul(this.counts.value, this.decay), tf.mul(tf.sum(used, 0), share)),
        tf.add(tf.mul(this.sums.value, this.decay), tf.mul(tf.matMul(used, vectors, true), share)),
      ];
    });
    const dead = Array.from((await counts.data()) as Float32Array, (count): number =>
      count < this.reviveBelow * evenUse ? 1 : 0,
    );
    const rows = dead.map((isDead) => (isDead ? random.integer(vectors.shape[0]) : 0));
    tf.tidy(() => {
      const deadCodes = tf.tensor1d(dead);
      const living = tf.sub(1, deadCodes);
      const newCounts = tf.add(tf.mul(counts, living), tf.mul(deadCodes, evenUse));
      const column = (values: tf.Tensor) => tf.reshape(values, [codes, 1]);
      const fresh = tf.mul(
        tf.gather(vectors, tf.tensor1d(rows, 'int32')),
        column(tf.mul(deadCodes, evenUse)),
      );
      const newSums = tf.add(tf.mul(sums, column(living)), fresh);
      this.counts.value.assign(newCounts);
      this.sums.value.assign(newSums);
      this.quantizer.embedding.weight.value.assign(
        tf.reshape(tf.div(newSums, column(newCounts)), [codes, dimension]),
      );
    });
    tf.dispose([counts, sums]);
    return dead.reduce((sum, isDead) => sum + isDead, 0);
  }

  /** Before the first update, when all counts are 0 and all codes would be dead. */
  private async adoptCodes(evenUse: number): Promise<void> {
    if (((await this.counts.value.data()) as Float32Array).some((count) => count > 0)) return;
    tf.tidy(() => {
      this.counts.value.assign(tf.fill([this.quantizer.codes], evenUse));
      this.sums.value.assign(tf.mul(this.quantizer.embedding.weight.value, evenUse));
    });
  }
}
