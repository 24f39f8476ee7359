import type * as tf from '@tensorflow/tfjs-core';
import {
  type Adversary,
  type DiscriminatorLossForm,
  discriminatorLoss,
  PatchDiscriminator,
  Random,
} from '@visual-echoes/core';
import { AdamW, descend } from '@visual-echoes/core/training';
import type { Adversarial } from './training-file.js';

/** The discriminator of a training, and what trains it. */
export class Rival {
  readonly adversary: Adversary;
  readonly optimizer: AdamW;
  /** Steps before it joins. */
  readonly start: number;
  private readonly learningRate: number;
  private readonly form: DiscriminatorLossForm;

  /** @param channels of the pictures that it sees. */
  constructor(
    { weight, start, layers, ndf, learningRate, betas, adaptiveLimit, adaptiveMinimum, loss }: Adversarial,
    channels: number,
    seed: number,
  ) {
    const discriminator = new PatchDiscriminator(
      { input_nc: channels, ndf, n_layers: layers },
      { random: new Random(seed).fork('discriminator') },
    );
    this.adversary = { discriminator, weight, adaptiveLimit, adaptiveMinimum };
    this.optimizer = new AdamW(discriminator.trainableParameters(), { betas, weightDecay: 0 });
    this.start = start;
    this.learningRate = learningRate;
    this.form = loss;
  }

  /** Its own turn of a step, on pictures and what the decoder made of them before its weights changed. */
  async learn(pictures: tf.Tensor4D, decoded: tf.Tensor4D): Promise<Record<string, number>> {
    const { discriminator } = this.adversary;
    const { loss, metrics } = await descend({
      parameters: discriminator.trainableParameters(),
      optimizer: this.optimizer,
      learningRate: this.learningRate,
      loss: () => {
        const result = discriminatorLoss(discriminator, pictures, decoded, { form: this.form });
        return { loss: result.loss, metrics: result.metrics };
      },
    });
    return { discriminator: loss, ...metrics };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.adversary.discriminator.dispose();
  }
}
