import { type Random, ShapeError, throwIfCancelled } from '@visual-echoes/core';
import type { ShortTimeFourier } from '../mel/short-time-fourier.js';

/** Options of `griffinLim`. */
export interface GriffinLimOptions {
  iterations?: number;
  /** 0 is Griffin and Lim (1984); 0.99 is the fast form of Perraudin, Balazs and Søndergaard (2013). */
  momentum?: number;
  /** Draws the first phases; without it they are all zero. */
  random?: Random;
  /** Samples to return; the first is the middle of frame 0. Default: frames · hopLength. */
  length?: number;
  signal?: AbortSignal;
}

/**
 * Magnitudes [frames × bins] → samples [length] whose spectrogram, centred frames with zeros beyond the
 * ends, comes near to them.
 *
 * @throws ShapeError for magnitudes that are not whole frames; CancelledError where `signal` fires.
 */
export function griffinLim(
  magnitudes: Float32Array,
  stft: ShortTimeFourier,
  { iterations = 32, momentum = 0.99, random, length, signal }: GriffinLimOptions = {},
): Float32Array {
  const frames = magnitudes.length / stft.bins;
  if (!Number.isInteger(frames) || frames === 0) {
    throw new ShapeError(`Magnitudes are [frames × ${stft.bins}]; ${magnitudes.length} values are not.`);
  }
  const half = stft.fftSize / 2;
  const total = stft.span(frames);
  const wanted = length ?? frames * stft.hopLength;
  const end = Math.min(total, half + wanted);

  const re = new Float32Array(magnitudes.length); // the estimate, later the rebuilt spectrum
  const im = new Float32Array(magnitudes.length);
  const previousRe = new Float32Array(magnitudes.length);
  const previousIm = new Float32Array(magnitudes.length);
  const samples = new Float64Array(total);
  const rebuild = () => {
    stft.inverse(re, im, frames, samples);
    samples.fill(0, 0, half);
    samples.fill(0, end);
  };

  for (let i = 0; i < magnitudes.length; i++) {
    const phase = random ? 2 * Math.PI * random.uniform() : 0;
    re[i] = magnitudes[i] * Math.cos(phase);
    im[i] = magnitudes[i] * Math.sin(phase);
  }
  const share = momentum / (1 + momentum);
  for (let iteration = 0; iteration < iterations; iteration++) {
    throwIfCancelled(signal);
    rebuild();
    stft.forward(samples, frames, re, im);
    for (let i = 0; i < magnitudes.length; i++) {
      const x = re[i] - share * previousRe[i];
      const y = im[i] - share * previousIm[i];
      previousRe[i] = re[i];
      previousIm[i] = im[i];
      const gain = magnitudes[i] / (Math.sqrt(x * x + y * y) + 1e-16);
      re[i] = x * gain;
      im[i] = y * gain;
    }
  }
  rebuild();
  const out = new Float32Array(wanted);
  out.set(samples.subarray(half, end));
  return out;
}

/** ‖ |STFT(samples)| − magnitudes ‖ / ‖ magnitudes ‖ (Frobenius): 0 where they agree, centred frames. */
export function spectralConvergence(
  samples: Float32Array,
  magnitudes: Float32Array,
  stft: ShortTimeFourier,
): number {
  const frames = magnitudes.length / stft.bins;
  const padded = new Float64Array(Math.max(stft.span(frames), samples.length + stft.fftSize));
  padded.set(samples, stft.fftSize / 2);
  const re = new Float32Array(magnitudes.length);
  const im = new Float32Array(magnitudes.length);
  stft.forward(padded, frames, re, im);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < magnitudes.length; i++) {
    difference += (Math.sqrt(re[i] * re[i] + im[i] * im[i]) - magnitudes[i]) ** 2;
    norm += magnitudes[i] ** 2;
  }
  return Math.sqrt(difference / norm);
}
