import { ShapeError, throwIfCancelled } from '@visual-echoes/core';
import { MelFit } from '../mel/invert-mel.js';
import type { Mel, MelSpectrogram } from '../mel/mel-spectrogram.js';

/** Options of `matchMel`. */
export interface MatchMelOptions {
  iterations?: number;
  /** How far each iteration goes on in the direction of the one before it, as in the fast Griffin–Lim. */
  momentum?: number;
  signal?: AbortSignal | undefined;
}

/** Updates of a frame's magnitudes in each iteration; more of them cost more than they bring. */
const UPDATES = 3;

/**
 * Samples [frames · hopLength] → others near to them whose mel comes nearer to `mel`: the magnitudes of every frame are
 * brought to the mel, the phases stay, and the overlapping frames are joined again. It is Griffin and Lim's (1984)
 * projection for mels, and wants what they lack, phases that are nearly right: a vocoder's.
 *
 * @throws ShapeError for samples that are not the mel's, or a mel that is not the spectrogram's; CancelledError where
 * `signal` fires.
 *
 * @example
 * const spectrogram = new MelSpectrogram(MEL_DIGITS);
 * const nearer = matchMel(await vocoder.vocode(mel), mel, spectrogram);
 */
export function matchMel(
  samples: Float32Array,
  mel: Mel,
  spectrogram: MelSpectrogram,
  { iterations = 8, momentum = 0.6, signal }: MatchMelOptions = {},
): Float32Array {
  const { stft, filterbank } = spectrogram;
  const { bands, frames } = mel;
  const { bins } = stft;
  const wanted = frames * stft.hopLength;
  if (samples.length !== wanted) {
    throw new ShapeError(`A mel of ${frames} frames is matched by ${wanted} samples, not ${samples.length}.`);
  }
  const energies = spectrogram.energies(mel);
  const powers = spectrogram.config.power === 2;
  const fit = new MelFit(filterbank);
  const half = stft.fftSize / 2;
  const padded = new Float64Array(stft.span(frames));
  const end = Math.min(padded.length, half + wanted);
  padded.set(samples.subarray(0, end - half), half);
  const re = new Float32Array(frames * bins);
  const im = new Float32Array(frames * bins);
  const previousRe = new Float32Array(frames * bins);
  const previousIm = new Float32Array(frames * bins);
  const before = new Float64Array(bins);
  const spectrum = new Float64Array(bins);

  for (let iteration = 0; iteration < iterations; iteration++) {
    throwIfCancelled(signal);
    mirrorEnds(padded, half, end);
    stft.forward(padded, frames, re, im);
    const further = iteration === 0 ? 0 : momentum;
    for (let i = 0; i < re.length; i++) {
      const [x, y] = [re[i], im[i]];
      re[i] += further * (x - previousRe[i]);
      im[i] += further * (y - previousIm[i]);
      previousRe[i] = x;
      previousIm[i] = y;
    }
    for (let t = 0; t < frames; t++) {
      const at = t * bins;
      for (let k = 0; k < bins; k++) {
        const squared = re[at + k] * re[at + k] + im[at + k] * im[at + k];
        before[k] = spectrum[k] = powers ? squared : Math.sqrt(squared);
      }
      fit.update(spectrum, energies.subarray(t * bands, (t + 1) * bands), UPDATES);
      for (let k = 0; k < bins; k++) {
        const gain = spectrum[k] / (before[k] + 1e-16);
        const factor = powers ? Math.sqrt(gain) : gain;
        re[at + k] *= factor;
        im[at + k] *= factor;
      }
    }
    stft.inverse(re, im, frames, padded);
  }
  const out = new Float32Array(wanted);
  out.set(padded.subarray(half, end));
  return out;
}

/** Fills what lies before `start` and from `end` on with the sound between, mirrored, as a centred mel spectrogram does. */
function mirrorEnds(padded: Float64Array, start: number, end: number): void {
  for (let i = 0; i < start; i++) padded[i] = 2 * start - i < end ? padded[2 * start - i] : 0;
  for (let i = end; i < padded.length; i++) {
    const from = 2 * (end - 1) - i;
    padded[i] = from >= start ? padded[from] : 0;
  }
}
