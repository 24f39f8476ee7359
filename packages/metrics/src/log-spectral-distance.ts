import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import { checkData, checkPositive } from './check.js';

export interface LogSpectralDistanceOptions {
  /** What the spectrograms hold. Default `power`. */
  kind?: 'power' | 'magnitude';
  /** The smallest power (or magnitude) that is told from silence. Default 1e-10 (1e-5): 100 dB under 1. */
  floor?: number;
}

/**
 * Log-spectral distance of two spectrograms [F, T] in dB: the root mean square over the F bands of the
 * difference in level, averaged over the T frames (Gray and Markel, 1976). The inputs are linear, not
 * decibels. Throws a `ShapeError`, an `InvalidInputError` for a value that is negative or not finite, a
 * `ConfigurationError`.
 */
export function logSpectralDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [bands, frames]: readonly [bands: number, frames: number],
  { kind = 'power', floor = kind === 'power' ? 1e-10 : 1e-5 }: LogSpectralDistanceOptions = {},
): number {
  if (kind !== 'power' && kind !== 'magnitude') {
    throw new ConfigurationError(`kind is ${JSON.stringify(kind)}. Use 'power' or 'magnitude'.`);
  }
  checkPositive('floor', floor);
  checkSpectrogram('a', a, bands, frames);
  checkSpectrogram('b', b, bands, frames);
  const factor = kind === 'power' ? 10 : 20;
  const level = (value: number) => factor * Math.log10(Math.max(floor, value));
  let distance = 0;
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let at = frame; at < a.length; at += frames) sum += (level(a[at]) - level(b[at])) ** 2;
    distance += Math.sqrt(sum / bands);
  }
  return distance / frames;
}

function checkSpectrogram(name: string, values: ArrayLike<number>, bands: number, frames: number): void {
  checkData(name, values, [bands, frames]);
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0) {
      throw new InvalidInputError(
        `${name}[${i}] is ${values[i]}. Power and magnitude are from 0: turn decibels into power first, 10 ** (dB / 10).`,
      );
    }
  }
}
