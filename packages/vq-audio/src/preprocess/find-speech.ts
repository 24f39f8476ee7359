/** Where an utterance lies, in samples: [start, end), and the mean power in it. */
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
  const energy = medianOf(shortTimeEnergy(samples, Math.round(WINDOW * sampleRate), step));
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
  const half = Math.round((WINDOW * sampleRate) / 2);
  return {
    start: Math.max(0, best.from * step - half),
    end: Math.min(samples.length, best.to * step + half),
    power: power / count,
  };
}

/** Mean power in windows centred at every multiple of `step`; beyond the ends there is nothing. */
function shortTimeEnergy(samples: Float32Array, window: number, step: number): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) sums[i + 1] = sums[i] + samples[i] * samples[i];
  return Float64Array.from({ length: Math.floor(samples.length / step) + 1 }, (_, i) => {
    const from = Math.max(0, i * step - (window >> 1));
    const to = Math.min(samples.length, i * step + (window >> 1));
    return Math.max(0, sums[to] - sums[from]) / Math.max(1, to - from);
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

/** The value below which the share `q` of `x` lies. */
export function quantile(x: Float64Array, q: number): number {
  return x.slice().sort()[Math.floor(q * (x.length - 1))] ?? 0;
}

/** Decibels to a ratio of powers. */
export const decibels = (dB: number) => 10 ** (dB / 10);
