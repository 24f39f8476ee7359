import type { Mel } from '@visual-echoes/vq-audio';
import type { MelConstants } from './mel-constants.js';

/**
 * The mel spectrogram of two sounds at once, whose phases have nothing to do with each other: their powers are added.
 * @param level of the second sound, in decibels above what it is.
 */
export function mixMels(
  first: Mel,
  second: Mel,
  level: number,
  { minDb, maxDb }: MelConstants['scaling'],
): Mel {
  const perUnit = ((maxDb - minDb) / 10) * Math.LN10; // of the logarithm of the power above minDb
  const raised = (level / 10) * Math.LN10;
  const data = first.data.map((a, i) => {
    const b = second.data[i];
    if (b === 0) return a; // silence
    const [x, y] = [a * perUnit, b * perUnit + raised];
    // log(exp x + exp y), the larger taken out
    const sum = a === 0 ? y : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
    return Math.min(1, Math.max(0, sum / perUnit));
  });
  return { ...first, data };
}
