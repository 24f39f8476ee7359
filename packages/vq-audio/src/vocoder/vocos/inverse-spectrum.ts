import * as tf from '@tensorflow/tfjs-core';
import { ShortTimeFourier } from '../../mel/short-time-fourier.js';

/** Where the frames of an inverse transform lie: frame t in the middle of its hop, or around its first sample. */
export type FramePadding = 'same' | 'center';

/**
 * The inverse short-time Fourier transform with a gradient, on every engine: a product with windowed cosines and sines,
 * the frames laid over each other and divided by what the windows sum to. The window is the periodic Hann window.
 */
export class InverseSpectrum {
  readonly bins: number;
  private readonly fftSize: number;
  private readonly hopLength: number;
  /** Samples before the first one that is kept. */
  private readonly before: number;
  private readonly window: Float64Array;
  private held?: tf.Tensor2D;

  /** @throws ConfigurationError for an `fftSize` that is no power of two, or a hop longer than it. */
  constructor({
    fftSize,
    hopLength,
    padding,
  }: { fftSize: number; hopLength: number; padding: FramePadding }) {
    const { bins, window } = new ShortTimeFourier({
      fftSize,
      hopLength,
      windowLength: fftSize,
      window: 'hann',
    });
    this.fftSize = fftSize;
    this.hopLength = hopLength;
    this.before = padding === 'center' ? fftSize / 2 : (fftSize - hopLength) >> 1;
    this.bins = bins;
    this.window = window;
  }

  /** Real parts and imaginary ones, [B, frames, 2 · bins] → waves [B, frames · hopLength, 1]. */
  forward(spectra: tf.Tensor3D): tf.Tensor3D {
    const { hopLength, before } = this;
    const [batch, frames, columns] = spectra.shape;
    const rows: tf.Tensor2D = tf.reshape(spectra, [batch * frames, columns]);
    const hops = Math.ceil(this.fftSize / hopLength);
    const framed: tf.Tensor4D = tf.reshape(tf.matMul(rows, this.basis()), [batch, frames, hops, hopLength]);
    const shifted = Array.from({ length: hops }, (_, i) => {
      const part: tf.Tensor3D = tf.reshape(tf.slice(framed, [0, 0, i, 0], [batch, frames, 1, hopLength]), [
        batch,
        frames,
        hopLength,
      ]);
      return tf.pad3d(part, [
        [0, 0],
        [i, hops - 1 - i],
        [0, 0],
      ]);
    });
    const laid: tf.Tensor2D = tf.reshape(tf.addN(shifted), [batch, -1]);
    const kept = tf.slice(laid, [0, before], [batch, frames * hopLength]);
    return tf.reshape(tf.mul(kept, this.gains(frames)), [batch, frames * hopLength, 1]);
  }

  dispose(): void {
    this.held?.dispose();
    delete this.held;
  }

  /** One over the sum of the squared windows at each sample that is kept. */
  private gains(frames: number): tf.Tensor1D {
    const { fftSize, hopLength, window, before } = this;
    const sums = new Float64Array((frames - 1) * hopLength + fftSize);
    for (let frame = 0; frame < frames; frame++) {
      for (let i = 0; i < fftSize; i++) sums[frame * hopLength + i] += window[i] ** 2;
    }
    const kept = sums.subarray(before, before + frames * hopLength);
    return tf.tensor1d(Float32Array.from(kept, (sum) => 1 / Math.max(sum, LEAST_SUM)));
  }

  /** From cosines and sines to samples, windowed: [2 · bins, whole hops]. */
  private basis(): tf.Tensor2D {
    if (!this.held) {
      const { fftSize, bins, window, hopLength } = this;
      const columns = Math.ceil(fftSize / hopLength) * hopLength;
      const values = new Float32Array(2 * bins * columns);
      for (let k = 0; k < bins; k++) {
        const weight = (k === 0 || 2 * k === fftSize ? 1 : 2) / fftSize;
        for (let i = 0; i < fftSize; i++) {
          const phase = (2 * Math.PI * ((i * k) % fftSize)) / fftSize;
          values[k * columns + i] = weight * window[i] * Math.cos(phase);
          values[(bins + k) * columns + i] = -weight * window[i] * Math.sin(phase);
        }
      }
      this.held = tf.keep(tf.tensor2d(values, [2 * bins, columns]));
    }
    return this.held;
  }
}

/** Below this the windows leave nothing to divide: where a hop is as long as the transform, at the edges. */
const LEAST_SUM = 1e-11;
