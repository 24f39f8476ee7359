import type { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { MelConstants } from './mel-constants.js';

/**
 * A mel spectrogram with a gain, and with normally distributed noise on each value, both in decibels; what is silent
 * stays so.
 */
export function levelMel(
  mel: Mel,
  { gain = 0, noise = 0 }: { gain?: number; noise?: number },
  { minDb, maxDb }: MelConstants['scaling'],
  random: Random,
): Mel {
  if (gain === 0 && noise === 0) return mel;
  const range = maxDb - minDb;
  const data = mel.data.map((value) => {
    if (value === 0) return 0;
    const added = noise === 0 ? gain : random.normal(gain, noise);
    return Math.min(1, Math.max(0, value + added / range));
  });
  return { ...mel, data };
}
