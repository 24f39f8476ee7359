import * as tf from '@tensorflow/tfjs-core';
import { Spectrum } from './spectrum.js';

/** One of the resolutions, in samples. */
export interface StftResolution {
  fftSize: number;
  hopLength: number;
  windowLength: number;
}

/** Those of Parallel WaveGAN (Yamamoto et al., 2020), for speech at 24 kHz. */
export const PARALLEL_WAVEGAN_RESOLUTIONS: readonly StftResolution[] = [
  { fftSize: 1024, hopLength: 120, windowLength: 600 },
  { fftSize: 2048, hopLength: 240, windowLength: 1200 },
  { fftSize: 512, hopLength: 50, windowLength: 240 },
];

/** Parallel WaveGAN's resolutions, of the same times at another sample rate; `fftSize` is the next power of two. */
export const resolutionsAt = (sampleRate: number): StftResolution[] =>
  PARALLEL_WAVEGAN_RESOLUTIONS.map(({ fftSize, hopLength, windowLength }) => {
    const scaled = (samples: number) => Math.round((samples * sampleRate) / 24_000);
    return {
      fftSize: 2 ** Math.ceil(Math.log2(scaled(fftSize))),
      hopLength: scaled(hopLength),
      windowLength: scaled(windowLength),
    };
  });

/** Powers below this are raised to it, as in Parallel WaveGAN. */
const LEAST_POWER = 1e-7;

/**
 * The multi-resolution STFT loss (Yamamoto et al., 2020): the mean over resolutions of the spectral convergence
 * ‖real − made‖ / ‖real‖ and the mean absolute difference of log magnitudes.
 */
export class MultiResolutionStftLoss {
  private readonly spectra: readonly Spectrum[];

  constructor(resolutions: readonly StftResolution[] = PARALLEL_WAVEGAN_RESOLUTIONS) {
    this.spectra = resolutions.map((resolution) => new Spectrum({ ...resolution, window: 'hann' }));
  }

  /** Waves [B, samples, 1], both; samples must be more than half of every `fftSize`. */
  forward(made: tf.Tensor3D, real: tf.Tensor3D): { spectralConvergence: tf.Scalar; logMagnitude: tf.Scalar } {
    const parts = this.spectra.map((spectrum) => {
      const magnitudes = (wave: tf.Tensor3D) => tf.sqrt(tf.maximum(spectrum.powers(wave), LEAST_POWER));
      const [x, y] = [magnitudes(made), magnitudes(real)];
      const norm = (t: tf.Tensor) => tf.sqrt(tf.sum(tf.square(t)));
      return {
        convergence: tf.div(norm(tf.sub(y, x)), norm(y)),
        distance: tf.mean(tf.abs(tf.sub(tf.log(y), tf.log(x)))),
      };
    });
    const mean = (values: tf.Tensor[]) => tf.div(tf.addN(values), values.length) as tf.Scalar;
    return {
      spectralConvergence: mean(parts.map(({ convergence }) => convergence)),
      logMagnitude: mean(parts.map(({ distance }) => distance)),
    };
  }

  dispose(): void {
    for (const spectrum of this.spectra) spectrum.dispose();
  }
}
