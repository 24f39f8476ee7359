import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import type { ConfidenceInterval } from './confidence-interval.js';

export interface MeanInterval extends ConfidenceInterval {
  mean: number;
}

/**
 * Mean of a few measurements, such as one for each seed, with Student's t-interval for it (Student, 1908); of
 * one measurement the interval has no width. Throws an `InvalidInputError` for no measurement or one that is
 * not finite, a `ConfigurationError` for a `confidence` outside (0, 1).
 *
 * @example
 * meanInterval([4.8, 5.1, 4.9]); // { mean: 4.933…, low: 4.553…, high: 5.312… }
 */
export function meanInterval(
  values: ArrayLike<number>,
  { confidence = 0.95 }: { confidence?: number } = {},
): MeanInterval {
  const count = values.length;
  const list = Array.from(values);
  if (count === 0 || !list.every(Number.isFinite)) {
    throw new InvalidInputError(`The mean of [${list.join(', ')}] does not exist. Give finite numbers.`);
  }
  if (!(confidence > 0 && confidence <= 1 - 1e-9)) {
    throw new ConfigurationError(`confidence is ${confidence}. Give a number between 0 and 1, such as 0.95.`);
  }
  const mean = list.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, low: mean, high: mean };
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = twoSidedT(confidence, count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

/** t such that Student's distribution of `freedom` degrees lies on [−t, t] with the probability `confidence`. */
function twoSidedT(confidence: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (within(high, freedom) < confidence) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of [−t, t] in closed form (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function within(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine = Math.cos(angle);
  const odd = freedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
