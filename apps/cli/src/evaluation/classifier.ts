import * as tf from '@tensorflow/tfjs-core';
import { Conv2d, GroupNorm, Linear, Module, type Random, swish } from '@visual-echoes/core';

/** What a classifier is given and what it tells apart. */
export interface ClassifierShape {
  /** Of the input's side: pictures of 28 × 28, spectrograms of 64 × 64. */
  side: number;
  classes: number;
  /** Channels and stride of each convolution. */
  convolutions: readonly (readonly [channels: number, stride: 1 | 2])[];
  /** Length of the features before the last layer. */
  features: number;
}

/** For handwritten digits, 28 × 28: 137,000 weights. */
export const PICTURE_CLASSIFIER: ClassifierShape = {
  side: 28,
  classes: 10,
  convolutions: [
    [16, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [64, 2],
  ],
  features: 32,
};

/** For mel spectrograms of spoken digits, 64 × 64: 98,000 weights. */
export const SOUND_CLASSIFIER: ClassifierShape = {
  side: 64,
  classes: 10,
  convolutions: [
    [16, 2],
    [32, 2],
    [64, 2],
    [64, 2],
  ],
  features: 32,
};

/** The same for the six voices of FSDD. */
export const SPEAKER_CLASSIFIER: ClassifierShape = { ...SOUND_CLASSIFIER, classes: 6 };

/** Convolution, group normalization, swish. */
class Stage extends Module {
  readonly conv: Conv2d;
  readonly norm: GroupNorm;

  constructor(input: number, output: number, stride: number, random: Random) {
    super();
    this.conv = new Conv2d(input, output, { random, stride, padding: 1 });
    this.norm = new GroupNorm(output, { groups: 8 });
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return swish(this.norm.forward(this.conv.forward(x)));
  }
}

/** A small convolutional network that names a square grey input: `[B, side, side, 1]`, values −1..1. */
export class Classifier extends Module {
  readonly stages: Stage[] = [];
  readonly hidden: Linear;
  readonly out: Linear;
  private readonly flat: number;

  constructor({ side, classes, convolutions, features }: ClassifierShape, random: Random) {
    super();
    let channels = 1;
    let size = side;
    for (const [width, stride] of convolutions) {
      this.stages.push(new Stage(channels, width, stride, random));
      channels = width;
      size = Math.ceil(size / stride);
    }
    this.flat = size * size * channels;
    this.hidden = new Linear(this.flat, features, { random });
    this.out = new Linear(features, classes, { random });
  }

  /** The penultimate layer, `[B, features]`, and the logits, `[B, classes]`. */
  forward(x: tf.Tensor4D): { features: tf.Tensor2D; logits: tf.Tensor2D } {
    let h = x;
    for (const stage of this.stages) h = stage.forward(h);
    const flat = tf.reshape(h, [x.shape[0], this.flat]);
    const features = swish(this.hidden.forward(flat)) as tf.Tensor2D;
    return { features, logits: this.out.forward(features) as tf.Tensor2D };
  }
}
