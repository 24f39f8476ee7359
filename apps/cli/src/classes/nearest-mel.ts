import type { Mel } from '@visual-echoes/vq-audio';

/** Frames that a mel spectrogram may lie earlier or later by: 0.19 s at SpecVQGAN's 86 a second. */
const SHIFT = 16;

/** Frames and bands of which one is made, to find where to look closer. */
const POOL = 4;

/** How many are looked at closer. */
const CANDIDATES = 5;

/** A mel spectrogram, and its means of 4 × 4 values. */
interface Searched {
  mel: Mel;
  coarse: Mel;
}

/**
 * Finds how near a mel spectrogram is to the nearest of many: the mean absolute difference in decibels, over what both
 * have, where one may be shifted by up to 16 frames. The five nearest by means of 4 × 4 values are compared as they are.
 */
export class NearestMel {
  private readonly all: readonly Searched[];
  private readonly range: number;

  /** @param range decibels from 0 to 1 of a mel spectrogram. */
  constructor(mels: readonly Mel[], range: number) {
    this.all = mels.map((mel) => ({ mel, coarse: pooled(mel) }));
    this.range = range;
  }

  /** In decibels. */
  distance(mel: Mel): number {
    const coarse = pooled(mel);
    const near = this.all
      .map((one) => ({ mel: one.mel, ...leastDifference(coarse, one.coarse, 0, SHIFT / POOL) }))
      .sort((a, b) => a.least - b.least)
      .slice(0, CANDIDATES);
    const distances = near.map((one) => leastDifference(mel, one.mel, POOL * one.shift, POOL).least);
    return this.range * Math.min(...distances);
  }
}

/** The least mean difference of `a` to `b` shifted by `about` ± `width` frames, and that shift. */
function leastDifference(a: Mel, b: Mel, about: number, width: number): { least: number; shift: number } {
  let [least, best] = [Number.POSITIVE_INFINITY, about];
  const most = a.frames - 1;
  for (let shift = Math.max(-most, about - width); shift <= Math.min(most, about + width); shift++) {
    const found = difference(a, b, shift);
    if (found < least) [least, best] = [found, shift];
  }
  return { least, shift: best };
}

/** The mean of |a[t] − b[t + shift]| over the frames that both have. */
function difference(a: Mel, b: Mel, shift: number): number {
  const { bands, frames } = a;
  const [from, to] = [Math.max(0, -shift), Math.min(frames, frames - shift)];
  let sum = 0;
  for (let band = 0; band < bands; band++) {
    const row = band * frames;
    for (let t = row + from; t < row + to; t++) sum += Math.abs(a.data[t] - b.data[t + shift]);
  }
  return sum / (bands * (to - from));
}

/** Means of 4 × 4 values; a rest at the end is left out. A mel spectrogram smaller than that is as it is. */
function pooled(mel: Mel): Mel {
  const bands = Math.floor(mel.bands / POOL);
  const frames = Math.floor(mel.frames / POOL);
  if (bands === 0 || frames === 0) return mel;
  const data = new Float32Array(bands * frames);
  for (let band = 0; band < bands * POOL; band++) {
    for (let t = 0; t < frames * POOL; t++) {
      data[Math.floor(band / POOL) * frames + Math.floor(t / POOL)] +=
        mel.data[band * mel.frames + t] / POOL ** 2;
    }
  }
  return { bands, frames, data };
}
