import * as tf from '@tensorflow/tfjs-core';
import { Conv2d, Module, Random } from '@visual-echoes/core';
import type { Discriminator, Judgement } from '../neural/discriminator.js';
import { PARALLEL_WAVEGAN_RESOLUTIONS, type StftResolution } from './multi-resolution-stft-loss.js';
import { Spectrum } from './spectrum.js';

/** Powers below this are raised to it: magnitudes of a thousandth, which is under what 16 bits hold. */
const LEAST_POWER = 1e-6;
/** Of the logarithms, so that they are about as large as the start values of the network expect. */
const SCALE = 0.25;

export interface ResolutionDiscriminatorOptions {
  /** A network each; those of Parallel WaveGAN, which UnivNet has too, by default. */
  resolutions?: readonly StftResolution[];
  /** Of every convolution but the last. */
  channels?: number;
  random?: Random;
}

/**
 * Networks that look at spectrograms, as UnivNet's multi-resolution discriminator does (Jang et al., 2021): they tell a
 * noise from the even pattern that losses of spectra leave in its place. With Vocos's kernels, wide in frequency, and
 * logarithms of the magnitudes, so that quiet consonants count as much as vowels. No published weights fit.
 */
export class MultiResolutionDiscriminator extends Module implements Discriminator {
  readonly discriminators: ResolutionDiscriminator[];

  constructor({
    resolutions = PARALLEL_WAVEGAN_RESOLUTIONS,
    channels = 32,
    random = new Random(0),
  }: ResolutionDiscriminatorOptions = {}) {
    super();
    this.discriminators = resolutions.map(
      (resolution) => new ResolutionDiscriminator(resolution, channels, random),
    );
  }

  forward(wave: tf.Tensor3D): Judgement[] {
    return this.discriminators.map((discriminator) => discriminator.forward(wave));
  }
}

/** Sees the spectrogram of one resolution as a picture, time downwards, frequency across. */
class ResolutionDiscriminator extends Module {
  readonly convs: Conv2d[];
  readonly convPost: Conv2d;
  private readonly spectrum: Spectrum;

  constructor(resolution: StftResolution, channels: number, random: Random) {
    super();
    this.spectrum = new Spectrum({ ...resolution, window: 'hann' });
    const conv = (input: number, output: number, columns: number, stride = 1) => {
      const [down, across] = [1, (columns - 1) / 2];
      return new Conv2d(input, output, {
        random,
        kernelSize: [3, columns],
        stride: [1, stride],
        padding: { top: down, bottom: down, left: across, right: across },
      });
    };
    this.convs = [
      conv(1, channels, 9),
      conv(channels, channels, 9, 2),
      conv(channels, channels, 9, 2),
      conv(channels, channels, 9, 2),
      conv(channels, channels, 3),
    ];
    this.convPost = conv(channels, 1, 3);
  }

  forward(wave: tf.Tensor3D): Judgement {
    const powers = this.spectrum.powers(wave);
    let x: tf.Tensor4D = tf.expandDims(tf.mul(tf.log(tf.maximum(powers, LEAST_POWER)), SCALE), 3);
    const features = this.convs.map((conv) => {
      x = tf.leakyRelu(conv.forward(x), 0.1);
      return x;
    });
    return { logits: this.convPost.forward(x), features };
  }

  override dispose(): void {
    super.dispose();
    this.spectrum.dispose();
  }
}
