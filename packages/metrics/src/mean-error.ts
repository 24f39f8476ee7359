import { checkPair } from './check.js';

/** Mean of |a − b| over all values. Throws a `ShapeError` or an `InvalidInputError` as every comparison here. */
export function meanAbsoluteError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkPair(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** Mean of (a − b)² over all values. Throws a `ShapeError` or an `InvalidInputError` as every comparison here. */
export function meanSquaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkPair(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}
