import * as tf from '@tensorflow/tfjs-core';
import { Conv1d, Module, Random, type WeightForm } from '@visual-echoes/core';
import { averagePool } from '../neural/average-pool.js';
import type { Discriminator, Judgement } from '../neural/discriminator.js';

/** One convolution of a scale discriminator. */
export interface ScaleLayer {
  channels: number;
  kernelSize: number;
  stride: number;
  groups: number;
}

const layer = (channels: number, kernelSize: number, stride: number, groups: number): ScaleLayer => ({
  channels,
  kernelSize,
  stride,
  groups,
});

const PUBLISHED: readonly ScaleLayer[] = [
  layer(128, 15, 1, 1),
  layer(128, 41, 2, 4),
  layer(256, 41, 2, 16),
  layer(512, 41, 4, 16),
  layer(1024, 41, 4, 16),
  layer(1024, 41, 1, 16),
  layer(1024, 5, 1, 1),
];

export interface ScaleDiscriminatorOptions {
  /** Networks, each on half the rate of the one before. */
  scales?: number;
  /** The published ones by default. */
  layers?: readonly ScaleLayer[];
  random?: Random;
}

/**
 * HiFi-GAN's multi-scale discriminator (jik876/hifi-gan, `models.py`), under the authors' names: the first network has
 * spectral norms, which training iterates with `iterateSpectralNorms`, the others weight norms.
 */
export class MultiScaleDiscriminator extends Module implements Discriminator {
  readonly discriminators: ScaleDiscriminator[];

  constructor({ scales = 3, layers = PUBLISHED, random = new Random(0) }: ScaleDiscriminatorOptions = {}) {
    super();
    this.discriminators = Array.from(
      { length: scales },
      (_, i) => new ScaleDiscriminator(layers, i === 0 ? 'spectral-norm' : 'weight-norm', random),
    );
  }

  forward(wave: tf.Tensor3D): Judgement[] {
    let x = wave;
    return this.discriminators.map((discriminator, i) => {
      if (i > 0) x = averagePool(x, { padding: 2, countPadding: true });
      return discriminator.forward(x);
    });
  }
}

export class ScaleDiscriminator extends Module {
  readonly convs: Conv1d[];
  readonly convPost: Conv1d;

  constructor(layers: readonly ScaleLayer[], form: WeightForm, random: Random) {
    super();
    this.convs = layers.map(({ channels, kernelSize, stride, groups }, i) => {
      const input = layers[i - 1]?.channels ?? 1;
      const padding = kernelSize >> 1;
      return new Conv1d(input, channels, { random, form, kernelSize, stride, groups, padding });
    });
    const last = layers[layers.length - 1].channels;
    this.convPost = new Conv1d(last, 1, { random, form, kernelSize: 3, padding: 1 });
  }

  forward(wave: tf.Tensor3D): Judgement {
    let x = wave;
    const features = this.convs.map((conv) => {
      x = tf.leakyRelu(conv.forward(x), 0.1);
      return x;
    });
    return { logits: this.convPost.forward(x), features };
  }
}
