import { ShortTimeFourier } from '../mel/short-time-fourier.js';
import { quantile } from './quantile.js';

/** Options of `reduceNoise`. */
export interface ReduceNoiseOptions {
  /** Hz. */
  sampleRate: number;
  /** Samples [start, end) that are not noise. */
  speech: { start: number; end: number };
  /** The noise is taken for so many times stronger than it is; what is under it becomes silence. */
  overSubtraction: number;
}

const WINDOW = 0.032; // s
const LEAST_NOISE = 0.25; // s of it, or it cannot be known

/**
 * Power spectral subtraction (Berouti, Schwartz and Makhoul, 1979): the noise's spectrum is learnt where
 * nobody speaks, and taken away everywhere. Without a quarter of a second of noise, the samples stay.
 */
export function reduceNoise(
  samples: Float32Array,
  { sampleRate, speech, overSubtraction }: ReduceNoiseOptions,
): Float32Array {
  const fftSize = 2 ** Math.round(Math.log2(WINDOW * sampleRate));
  const hopLength = fftSize / 4;
  const stft = new ShortTimeFourier({ fftSize, hopLength, windowLength: fftSize, window: 'hann' });
  const frames = Math.ceil((samples.length + fftSize) / hopLength);
  const padded = new Float64Array(stft.span(frames));
  padded.set(samples, fftSize);

  const { bins } = stft;
  const re = new Float32Array(frames * bins);
  const im = new Float32Array(frames * bins);
  stft.forward(padded, frames, re, im);

  const noiseFrames: number[] = [];
  for (let t = 0; t < frames; t++) {
    const from = t * hopLength - fftSize;
    const to = from + fftSize;
    if (from >= 0 && to <= samples.length && (to <= speech.start || from >= speech.end)) noiseFrames.push(t);
  }
  if (noiseFrames.length * hopLength < LEAST_NOISE * sampleRate) return samples;

  for (let k = 0; k < bins; k++) {
    const powers = Float64Array.from(noiseFrames, (t) => re[t * bins + k] ** 2 + im[t * bins + k] ** 2);
    // The power of noise is distributed exponentially: its mean is its median / ln 2.
    const noise = (overSubtraction * quantile(powers, 0.5)) / Math.LN2;
    for (let at = k; at < re.length; at += bins) {
      const power = re[at] ** 2 + im[at] ** 2;
      const gain = power > noise ? Math.sqrt(1 - noise / power) : 0;
      re[at] *= gain;
      im[at] *= gain;
    }
  }
  stft.inverse(re, im, frames, padded);
  return Float32Array.from(padded.subarray(fftSize, fftSize + samples.length));
}
