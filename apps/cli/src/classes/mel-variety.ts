import { meanAbsoluteError } from '@visual-echoes/metrics';
import type { Mel } from '@visual-echoes/vq-audio';
import { keepFrames } from '../training/keep-frames.js';

/** The share of a mel spectrogram's range below which a frame is silent: of 100 dB, 25 above the floor. */
const SILENT = 0.25;

/** Frames, the last not among them. */
type Range = readonly [from: number, to: number];

/**
 * The mean absolute difference of all pairs of mel spectrograms of one form, each pair over the frames from where either
 * begins to sound to where both have ended: silence that short sounds are filled up with is nothing they share.
 */
export function pairwise(mels: readonly Mel[]): number {
  const sounding = mels.map(soundingFrames);
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < mels.length; i++) {
    for (let j = i + 1; j < mels.length; j++) {
      const [a, b] = [sounding[i], sounding[j]];
      const from = Math.min(a[0], b[0]);
      sum += difference(mels[i], mels[j], from, from, Math.max(a[1], b[1]) - from);
      pairs++;
    }
  }
  return sum / pairs;
}

/**
 * The mean absolute difference of the first and the second half of what sounds of a mel spectrogram: two crops that share
 * nothing.
 */
export function betweenHalves(mel: Mel): number {
  const [from, to] = soundingFrames(mel);
  const half = Math.floor((to - from) / 2);
  return difference(mel, mel, from, to - half, half);
}

/** From the first frame that is not silent to the last; none of silence. */
function soundingFrames({ bands, frames, data }: Mel): Range {
  const sounds = (frame: number) => {
    for (let band = 0; band < bands; band++) if (data[band * frames + frame] > SILENT) return true;
    return false;
  };
  let [from, to] = [0, frames];
  while (from < to && !sounds(from)) from++;
  while (from < to && !sounds(to - 1)) to--;
  return from < to ? [from, to] : [frames, 0];
}

/** Of so many frames, from one in each. */
function difference(a: Mel, b: Mel, fromA: number, fromB: number, count: number): number {
  if (count <= 0) return 0;
  return meanAbsoluteError(keepFrames(a, fromA, count).data, keepFrames(b, fromB, count).data);
}
