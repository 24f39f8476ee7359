import { ConfigurationError } from '@visual-echoes/core';
import FFT from 'fft.js';

/** What a short-time Fourier transform is made from. */
export interface ShortTimeFourierOptions {
  /** A power of two. */
  fftSize: number;
  /** Samples from one frame to the next. */
  hopLength: number;
  /** Samples under the window, at most `fftSize`; it sits in the middle of the frame. */
  windowLength: number;
  /** The periodic Hann window. */
  window: 'hann';
}

/**
 * A short-time Fourier transform and its inverse. Spectra are frame-major, [frames × bins], real and
 * imaginary apart. Two real frames go through one complex FFT. An instance keeps its buffers, so that no
 * call allocates, and it is not for use by two callers at once.
 */
export class ShortTimeFourier {
  readonly fftSize: number;
  readonly hopLength: number;
  readonly bins: number;
  readonly window: Float64Array;
  private readonly fft: FFT;
  // Plain arrays: fft.js is twice as fast on them as on typed ones.
  private readonly input: number[];
  private readonly output: number[];
  private overlap = new Float64Array(0);

  /** @throws ConfigurationError for sizes that do not fit each other. */
  constructor({ fftSize, hopLength, windowLength }: ShortTimeFourierOptions) {
    if (!Number.isInteger(Math.log2(fftSize)) || fftSize < 4) {
      throw new ConfigurationError(`fftSize is a power of two of 4 or more, not ${fftSize}.`);
    }
    if (!(Number.isInteger(windowLength) && windowLength >= 2 && windowLength <= fftSize)) {
      throw new ConfigurationError(`windowLength is from 2 to fftSize (${fftSize}), not ${windowLength}.`);
    }
    if (!(Number.isInteger(hopLength) && hopLength >= 1 && hopLength <= windowLength)) {
      throw new ConfigurationError(
        `hopLength is from 1 to windowLength (${windowLength}), not ${hopLength}.`,
      );
    }
    this.fftSize = fftSize;
    this.hopLength = hopLength;
    this.bins = fftSize / 2 + 1;
    this.window = new Float64Array(fftSize);
    const start = (fftSize - windowLength) >> 1;
    for (let i = 0; i < windowLength; i++) {
      this.window[start + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowLength);
    }
    this.fft = new FFT(fftSize);
    this.input = this.fft.createComplexArray();
    this.output = this.fft.createComplexArray();
  }

  /** How many whole frames `length` samples hold. */
  frames(length: number): number {
    return length < this.fftSize ? 0 : 1 + Math.floor((length - this.fftSize) / this.hopLength);
  }

  /** How many samples `frames` frames span. */
  span(frames: number): number {
    return this.fftSize + this.hopLength * (frames - 1);
  }

  /** Frames of `signal` [span(frames)] into `re` and `im` [frames × bins]. */
  forward(signal: Float64Array, frames: number, re: Float32Array, im: Float32Array): void {
    const { fftSize: n, hopLength, bins, window, input, output } = this;
    for (let frame = 0; frame < frames; frame += 2) {
      const a = frame * hopLength;
      const b = frame + 1 < frames ? a + hopLength : a;
      for (let i = 0; i < n; i++) {
        input[2 * i] = window[i] * signal[a + i];
        input[2 * i + 1] = window[i] * signal[b + i];
      }
      this.fft.transform(output, input);
      // The spectra of a and b are the even and odd parts of that of a + i·b.
      const into = frame * bins;
      const next = frame + 1 < frames ? into + bins : -1;
      for (let k = 0; k < bins; k++) {
        const m = k === 0 ? 0 : n - k;
        const re1 = output[2 * k];
        const im1 = output[2 * k + 1];
        const re2 = output[2 * m];
        const im2 = output[2 * m + 1];
        re[into + k] = 0.5 * (re1 + re2);
        im[into + k] = 0.5 * (im1 - im2);
        if (next >= 0) {
          re[next + k] = 0.5 * (im1 + im2);
          im[next + k] = 0.5 * (re2 - re1);
        }
      }
    }
  }

  /**
   * The signal whose spectrum is nearest to `re` and `im` [frames × bins] in least squares (Griffin and
   * Lim, 1984), into `out` [span(frames)].
   */
  inverse(re: Float32Array, im: Float32Array, frames: number, out: Float64Array): void {
    const { fftSize: n, hopLength, bins, window, input, output } = this;
    out.fill(0);
    for (let frame = 0; frame < frames; frame += 2) {
      const from = frame * bins;
      const paired = frame + 1 < frames;
      const next = paired ? from + bins : from;
      for (let k = 0; k < bins; k++) {
        const edge = k === 0 || k === bins - 1;
        const reA = re[from + k];
        const imA = edge ? 0 : im[from + k];
        const reB = re[next + k];
        const imB = edge ? 0 : im[next + k];
        input[2 * k] = reA - imB;
        input[2 * k + 1] = imA + reB;
        if (!edge) {
          input[2 * (n - k)] = reA + imB;
          input[2 * (n - k) + 1] = reB - imA;
        }
      }
      this.fft.inverseTransform(output, input);
      const a = frame * hopLength;
      for (let i = 0; i < n; i++) out[a + i] += window[i] * output[2 * i];
      if (paired) for (let i = 0; i < n; i++) out[a + hopLength + i] += window[i] * output[2 * i + 1];
    }
    const weights = this.overlapWeights(frames);
    for (let i = 0; i < out.length; i++) out[i] *= weights[i];
  }

  /** 1 / (sum of squared windows) at every sample, 0 where no window reaches. */
  private overlapWeights(frames: number): Float64Array {
    const { fftSize, hopLength, window } = this;
    const length = this.span(frames);
    if (this.overlap.length !== length) {
      const sum = new Float64Array(length);
      for (let frame = 0; frame < frames; frame++) {
        for (let i = 0; i < fftSize; i++) sum[frame * hopLength + i] += window[i] * window[i];
      }
      this.overlap = sum.map((x) => (x > 1e-8 ? 1 / x : 0));
    }
    return this.overlap;
  }
}
