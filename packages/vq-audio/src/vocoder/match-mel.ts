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

/** Updates of a frame's magnitudes in each iteration; for the same time, two came nearer than one or three. */
const UPDATES = 2;

/** A mel's values up to here are taken for silence: what a tokenizer makes of it is seldom quite 0. */
const SILENCE = 0.02;

/**
 * Samples [frames · hopLength] → others near to them whose mel comes nearer to `mel`: the magnitudes of every frame are
 * brought to the mel, the phases stay, and the overlapping frames are joined again. It is Griffin and Lim's (1984)
 * iteration with a mel in the place of linear magnitudes. What the samples hold between the bands stays as it is.
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
  { iterations = 16, momentum = 0.8, signal }: MatchMelOptions = {},
): Float32Array {
  const { stft, config } = spectrogram;
  const { hopLength, bins } = stft;
  if (samples.length !== mel.frames * hopLength) {
    throw new ShapeError(
      `A mel of ${mel.frames} frames is matched by ${mel.frames * hopLength} samples, not ${samples.length}.`,
    );
  }
  if (iterations === 0) return samples.slice();
  const out = new Float32Array(samples.length);
  const { from, frames, energies } = sounding(mel, spectrogram);
  if (frames === 0) return out;

  const half = stft.fftSize / 2;
  const padded = new Float64Array(stft.span(frames));
  const end = Math.min(padded.length, half + frames * hopLength);
  padded.set(samples.subarray(from * hopLength, from * hopLength + end - half), half);
  const re = new Float32Array(frames * bins);
  const im = new Float32Array(frames * bins);
  const previousRe = new Float32Array(frames * bins);
  const previousIm = new Float32Array(frames * bins);
  const powers = config.power === 2;
  const fit = new MelFit(spectrogram.filterbank);
  const spectrum = new Float64Array(bins);
  const { bands } = mel;

  for (let iteration = 0; iteration < iterations; iteration++) {
    throwIfCancelled(signal);
    mirrorEnds(padded, half, end);
    stft.forward(padded, frames, re, im);
    const further = iteration === 0 ? 0 : momentum;
    for (let t = 0; t < frames; t++) {
      const at = t * bins;
      for (let k = 0, i = at; k < bins; k++, i++) {
        const x = re[i] + further * (re[i] - previousRe[i]);
        const y = im[i] + further * (im[i] - previousIm[i]);
        previousRe[i] = re[i];
        previousIm[i] = im[i];
        re[i] = x;
        im[i] = y;
        const squared = x * x + y * y;
        spectrum[k] = powers ? squared : Math.sqrt(squared);
      }
      const gains = fit.gains(spectrum, energies.subarray(t * bands, (t + 1) * bands), UPDATES);
      for (let k = 0, i = at; k < bins; k++, i++) {
        const factor = powers ? Math.sqrt(gains[k]) : gains[k];
        re[i] *= factor;
        im[i] *= factor;
      }
    }
    stft.inverse(re, im, frames, padded);
  }
  out.set(padded.subarray(half, end), from * hopLength);
  return out;
}

/** The frames from the first that sounds to the last, with the silent ones that reach into them. */
function sounding({ bands, frames, data }: Mel, spectrogram: MelSpectrogram) {
  const { fftSize, hopLength } = spectrogram.stft;
  const reach = Math.ceil(fftSize / hopLength) - 1;
  let [from, end] = [frames, 0];
  data.forEach((value, i) => {
    if (value <= SILENCE) return;
    from = Math.min(from, Math.max(0, (i % frames) - reach));
    end = Math.max(end, Math.min(frames, (i % frames) + 1 + reach));
  });
  const energies = spectrogram.energies({ bands, frames, data });
  return { from, frames: Math.max(0, end - from), energies: energies.subarray(from * bands, end * bands) };
}

/** Fills what lies before `start` and from `end` on with the sound between, mirrored, as a centred mel spectrogram does. */
function mirrorEnds(padded: Float64Array, start: number, end: number): void {
  for (let i = 0; i < start; i++) padded[i] = 2 * start - i < end ? padded[2 * start - i] : 0;
  for (let i = end; i < padded.length; i++) {
    const from = 2 * (end - 1) - i;
    padded[i] = from >= start ? padded[from] : 0;
  }
}
