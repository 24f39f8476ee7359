import * as tf from '@tensorflow/tfjs-core';
import { reflectionPad1d, zeroPad1d } from '@visual-echoes/core';
import { ShortTimeFourier, type ShortTimeFourierOptions } from '../../mel/short-time-fourier.js';

/**
 * Spectra with a gradient, on every engine: a short-time Fourier transform as a product with the windowed cosines and
 * sines. Frames are centred, the ends mirrored.
 */
export class Spectrum {
  readonly bins: number;
  private readonly fftSize: number;
  private readonly hopLength: number;
  /** Where the window begins in a frame. */
  private readonly start: number;
  /** Hops under the window, the last perhaps in part. */
  private readonly hops: number;
  private readonly window: Float64Array;
  private held?: tf.Tensor2D;

  constructor(options: ShortTimeFourierOptions) {
    const { fftSize, hopLength, bins, window } = new ShortTimeFourier(options);
    this.fftSize = fftSize;
    this.hopLength = hopLength;
    this.bins = bins;
    this.start = (fftSize - options.windowLength) >> 1;
    this.hops = Math.ceil(options.windowLength / hopLength);
    this.window = window;
  }

  /** Waves [B, samples, 1] → |X|² [B, 1 + ⌊samples / hopLength⌋, bins]. */
  powers(wave: tf.Tensor3D): tf.Tensor3D {
    const { fftSize, hopLength, hops, bins, start } = this;
    const [batch, samples] = wave.shape;
    const frames = 1 + Math.floor(samples / hopLength);
    const mirrored = reflectionPad1d(wave, fftSize / 2, fftSize / 2);
    // Whole hops from where the first window begins; a frame is a few of them side by side.
    const length = (frames + hops - 1) * hopLength;
    const used = Math.min(length, mirrored.shape[1] - start);
    const cut = tf.slice(mirrored, [0, start, 0], [batch, used, 1]);
    const steps: tf.Tensor3D = tf.reshape(zeroPad1d(cut, 0, length - used), [batch, -1, hopLength]);
    const parts = Array.from({ length: hops }, (_, i) =>
      tf.slice(steps, [0, i, 0], [batch, frames, hopLength]),
    );
    const framed = tf.concat(parts, 2);
    const product = tf.matMul(tf.reshape(framed, [batch * frames, -1]) as tf.Tensor2D, this.basis());
    return tf.sum(tf.square(tf.reshape(product, [batch, frames, 2, bins])), 2);
  }

  dispose(): void {
    this.held?.dispose();
    delete this.held;
  }

  /** Cosines, then sines, under the window: [hops · hopLength, 2 · bins]. */
  private basis(): tf.Tensor2D {
    if (!this.held) {
      const { fftSize, bins, window, start, hops, hopLength } = this;
      const rows = hops * hopLength;
      const values = new Float32Array(rows * 2 * bins);
      for (let row = 0; row < rows; row++) {
        const i = start + row;
        const weight = window[i] ?? 0;
        for (let k = 0; k < bins; k++) {
          const phase = (2 * Math.PI * ((i * k) % fftSize)) / fftSize;
          values[row * 2 * bins + k] = weight * Math.cos(phase);
          values[row * 2 * bins + bins + k] = -weight * Math.sin(phase);
        }
      }
      this.held = tf.keep(tf.tensor2d(values, [rows, 2 * bins]));
    }
    return this.held;
  }
}
