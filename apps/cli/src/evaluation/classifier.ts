import * as tf from '@tensorflow/tfjs-core';
import { Conv2d, dropout, GroupNorm, Linear, Module, type Random, swish } from '@visual-echoes/core';

/** What a classifier is given and what it tells apart. */
export interface ClassifierShape {
  /** Of the input: pictures of 28 × 28 × 1, spectrograms of 64 bands × 64 frames × 1. */
  height: number;
  width: number;
  channels: number;
  classes: number;
  /** Channels and stride of each convolution. */
  convolutions: readonly (readonly [channels: number, stride: 1 | 2])[];
  /**
   * Over what the last convolution's mean and greatest values are taken, and added up, so that it does not matter when
   * something is heard: the width, the time of a spectrogram. All places are kept where it is left out.
   */
  pooling?: 'width' | undefined;
  /** The share of the features that a training step leaves out; none. */
  dropout?: number | undefined;
  /** Length of the features before the last layer. */
  features: number;
}

/** For handwritten digits, 28 × 28: 137,000 weights. */
export const PICTURE_CLASSIFIER: ClassifierShape = {
  ...{ height: 28, width: 28, channels: 1 },
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
  ...{ height: 64, width: 64, channels: 1 },
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

/** A small convolutional network that names pictures and spectrograms: `[B, height, width, channels]`, values −1..1. */
export class Classifier extends Module {
  readonly shape: ClassifierShape;
  readonly stages: Stage[] = [];
  readonly hidden: Linear;
  readonly out: Linear;

  constructor(shape: ClassifierShape, random: Random) {
    super();
    this.shape = shape;
    let { channels, height, width } = shape;
    for (const [output, stride] of shape.convolutions) {
      this.stages.push(new Stage(channels, output, stride, random));
      channels = output;
      height = Math.ceil(height / stride);
      width = Math.ceil(width / stride);
    }
    const places = shape.pooling ? height : height * width;
    this.hidden = new Linear(places * channels, shape.features, { random });
    this.out = new Linear(shape.features, shape.classes, { random });
  }

  /** What each convolution gives, `[B, h, w, C]`. */
  levels(x: tf.Tensor4D): tf.Tensor4D[] {
    let h = x;
    return this.stages.map((stage) => {
      h = stage.forward(h);
      return h;
    });
  }

  /**
   * The penultimate layer, `[B, features]`, and the logits, `[B, classes]`.
   * @param random of a training step, which leaves features out by it.
   */
  forward(x: tf.Tensor4D, random?: Random): { features: tf.Tensor2D; logits: tf.Tensor2D } {
    const { pooling, dropout: rate = 0 } = this.shape;
    const last = this.levels(x).at(-1)!;
    const pooled = pooling ? meanAndMost(last) : last;
    const flat = tf.reshape(pooled, [x.shape[0], -1]);
    const features = swish(this.hidden.forward(dropout(flat, rate, random))) as tf.Tensor2D;
    return { features, logits: this.out.forward(dropout(features, rate, random)) as tf.Tensor2D };
  }
}

/** Mean and maximum over time, added up, as PANNs pool (Kong et al., 2020, arXiv 1912.10211). */
const meanAndMost = (x: tf.Tensor4D) => tf.add(tf.mean(x, 2), tf.max(x, 2));
