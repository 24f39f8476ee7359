import { decibels, quantile } from './quantile.js';

/**
 * Where an utterance lies, in samples: [start, end), and the mean power in it. The start of one that is cut
 * off lies a little before the first sample.
 */
export interface SpeechSpan {
  start: number;
  end: number;
  power: number;
}

/** Options of `findSpeech`. */
export interface FindSpeechOptions {
  /** Hz. */
  sampleRate: number;
  /** What is louder than the loudest moment by so many decibels (negative) is speech. */
  threshold: number;
  /** Speech that pauses for no longer than this, in seconds, is one utterance. */
  longestPause: number;
}

const WINDOW = 0.025; // s
const STEP = 0.005; // s
const MEDIAN = 5; // steps: what is shorter than half of them, a click, does not count
const BEYOND = 6; // steps of silence imagined around the recording: more than half a window
const NOISE_KNOWN_FROM = 1.5; // s of recording
const NOISE_MARGIN = 6; // dB that speech is above the noise
const HIGHEST = -12; // dB: the threshold's distance from the loudest moment, however loud the noise

/**
 * The utterance with the most energy in `samples`, by short-time energy. The threshold hangs on the
 * loudest moment and not on the noise, so that the same speech starts at the same place with and without
 * noise 30 dB below it; only louder noise raises it. Null where all samples are 0.
 */
export function findSpeech(
  samples: Float32Array,
  { sampleRate, threshold, longestPause }: FindSpeechOptions,
): SpeechSpan | null {
  const step = Math.max(1, Math.round(STEP * sampleRate));
  const window = Math.max(2, Math.round(WINDOW * sampleRate));
  const energy = medianOf(shortTimeEnergy(samples, window, step));
  const loudest = energy.reduce((a, b) => Math.max(a, b), 0);
  if (loudest === 0) return null;

  // In a short recording, which may be all speech, the noise cannot be told from the speech.
  const noise = energy.length * STEP < NOISE_KNOWN_FROM ? 0 : quantile(energy, 0.1) * decibels(NOISE_MARGIN);
  const limit = Math.min(loudest * decibels(HIGHEST), Math.max(loudest * decibels(threshold), noise));
  const pause = Math.round(longestPause / STEP);

  let best: { from: number; to: number; sum: number } | undefined;
  let now: typeof best;
  for (let i = 0; i < energy.length; i++) {
    if (energy[i] < limit) continue;
    if (!now || i - now.to > pause) now = { from: i, to: i, sum: 0 };
    now.to = i;
    now.sum += energy[i];
    if (!best || now.sum > best.sum) best = now;
  }
  if (!best) return null;
  // The mean power of what is above the threshold, pauses left out.
  let power = 0;
  let count = 0;
  for (let i = best.from; i <= best.to; i++) {
    if (energy[i] < limit) continue;
    power += energy[i];
    count++;
  }
  return {
    start: (best.from - BEYOND) * step - (window >> 1),
    end: Math.min(samples.length, (best.to - BEYOND) * step + (window >> 1)),
    power: power / count,
  };
}

/**
 * Mean power in windows centred at multiples of `step`, from `BEYOND` of them before the first sample to
 * as many after the last: beyond the ends is silence, so that speech cut off at the start of a file
 * begins where it would in the middle of a longer one.
 */
function shortTimeEnergy(samples: Float32Array, window: number, step: number): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) sums[i + 1] = sums[i] + samples[i] * samples[i];
  const within = (i: number) => Math.min(samples.length, Math.max(0, i));
  return Float64Array.from({ length: Math.floor(samples.length / step) + 1 + 2 * BEYOND }, (_, i) => {
    const from = (i - BEYOND) * step - (window >> 1);
    return Math.max(0, sums[within(from + window)] - sums[within(from)]) / window;
  });
}

function medianOf(x: Float64Array): Float64Array {
  const half = MEDIAN >> 1;
  const near = new Float64Array(MEDIAN);
  return x.map((_, i) => {
    for (let j = 0; j < MEDIAN; j++) near[j] = x[Math.min(x.length - 1, Math.max(0, i + j - half))];
    return near.sort()[half];
  });
}
