import * as tf from '@tensorflow/tfjs-core';
import { Conv1d, Module, Random, reflectionPad1d, ShapeError } from '@visual-echoes/core';
import type { Discriminator, Judgement } from '../neural/discriminator.js';

export interface PeriodDiscriminatorOptions {
  /** Samples from one column's sample to the next, a network each; the published ones by default. */
  periods?: readonly number[];
  /** Channels of the five convolutions, the published ones by default. */
  channels?: readonly number[];
  random?: Random;
}

/** HiFi-GAN's multi-period discriminator (jik876/hifi-gan, `models.py`), under the authors' names. */
export class MultiPeriodDiscriminator extends Module implements Discriminator {
  readonly discriminators: PeriodDiscriminator[];

  constructor({
    periods = [2, 3, 5, 7, 11],
    channels = [32, 128, 512, 1024, 1024],
    random = new Random(0),
  }: PeriodDiscriminatorOptions = {}) {
    super();
    this.discriminators = periods.map((period) => new PeriodDiscriminator(period, channels, random));
  }

  forward(wave: tf.Tensor3D): Judgement[] {
    return this.discriminators.map((discriminator) => discriminator.forward(wave));
  }
}

/** Sees a wave as a picture of one row a period, each column by itself. */
export class PeriodDiscriminator extends Module {
  readonly convs: Conv1d[];
  readonly convPost: Conv1d;
  private readonly period: number;

  constructor(period: number, channels: readonly number[], random: Random) {
    super();
    const options = { random, form: 'weight-norm' as const, columns: true };
    this.period = period;
    this.convs = channels.map(
      (width, i) =>
        new Conv1d(channels[i - 1] ?? 1, width, {
          ...options,
          kernelSize: 5,
          stride: i === channels.length - 1 ? 1 : 3,
          padding: 2,
        }),
    );
    this.convPost = new Conv1d(channels[channels.length - 1], 1, { ...options, kernelSize: 3, padding: 1 });
  }

  /** @throws ShapeError for waves that are too short to be mirrored to whole periods. */
  forward(wave: tf.Tensor3D): Judgement {
    const { period } = this;
    const [batch, length] = wave.shape;
    const missing = (period - (length % period)) % period;
    if (missing >= length) throw new ShapeError(`${length} samples are too few for a period of ${period}.`);
    const rows = (length + missing) / period;
    let x: tf.Tensor4D = tf.reshape(reflectionPad1d(wave, 0, missing), [batch, rows, period, 1]);
    const features = this.convs.map((conv) => {
      x = tf.leakyRelu(conv.forwardColumns(x), 0.1);
      return x;
    });
    return { logits: this.convPost.forwardColumns(x), features };
  }
}
