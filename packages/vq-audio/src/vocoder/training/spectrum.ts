import * as tf from '@tensorflow/tfjs-core';
import { reflectionPad1d } from '@visual-echoes/core';
import { ShortTimeFourier, type ShortTimeFourierOptions } from '../../mel/short-time-fourier.js';

/**
 * Spectra with a gradient, on every engine: a short-time Fourier transform as a convolution with the windowed cosines and
 * sines. Frames are centred, the ends mirrored.
 */
export class Spectrum {
  readonly bins: number;
  private readonly fftSize: number;
  private readonly hopLength: number;
  private readonly window: Float64Array;
  private held?: tf.Tensor4D;

  constructor(options: ShortTimeFourierOptions) {
    const { fftSize, hopLength, bins, window } = new ShortTimeFourier(options);
    this.fftSize = fftSize;
    this.hopLength = hopLength;
    this.bins = bins;
    this.window = window;
  }

  /** Waves [B, samples, 1] → |X|² [B, 1 + ⌊samples / hopLength⌋, bins]. */
  powers(wave: tf.Tensor3D): tf.Tensor3D {
    const padded = reflectionPad1d(wave, this.fftSize / 2, this.fftSize / 2);
    const [batch, length] = padded.shape;
    const columns: tf.Tensor4D = tf.reshape(padded, [batch, length, 1, 1]);
    const parts = tf.conv2d(columns, this.basis(), [this.hopLength, 1], 'valid');
    const squares = tf.square(tf.reshape(parts, [batch, parts.shape[1], 2, this.bins]));
    return tf.sum(squares, 2);
  }

  dispose(): void {
    this.held?.dispose();
    delete this.held;
  }

  /** Cosines, then sines, [fftSize, 1, 1, 2 · bins]. */
  private basis(): tf.Tensor4D {
    if (!this.held) {
      const { fftSize, bins, window } = this;
      const values = new Float32Array(fftSize * 2 * bins);
      for (let i = 0; i < fftSize; i++) {
        for (let k = 0; k < bins; k++) {
          const phase = (2 * Math.PI * ((i * k) % fftSize)) / fftSize;
          values[i * 2 * bins + k] = window[i] * Math.cos(phase);
          values[i * 2 * bins + bins + k] = -window[i] * Math.sin(phase);
        }
      }
      this.held = tf.keep(tf.tensor4d(values, [fftSize, 1, 1, 2 * bins]));
    }
    return this.held;
  }
}
