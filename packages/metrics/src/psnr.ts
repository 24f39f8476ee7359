import { checkPositive } from './check.js';
import { meanSquaredError } from './mean-error.js';

/**
 * Peak signal-to-noise ratio of two pictures in dB, 10 log₁₀(R² / mean squared error); Infinity for equal
 * ones. `dataRange` R is the greatest possible difference: 255 for bytes, 1 for 0..1, 2 for −1..1. Throws
 * a `ShapeError`, an `InvalidInputError` for a value that is not finite, a `ConfigurationError`.
 */
export function psnr(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { dataRange }: { dataRange: number },
): number {
  checkPositive('dataRange', dataRange);
  return 10 * Math.log10(dataRange ** 2 / meanSquaredError(a, b));
}
