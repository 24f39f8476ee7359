import { ShapeError } from '@visual-echoes/core';
import { checkData, checkPositive } from './check.js';

const SIGMA = 1.5;
const RADIUS = 5;
const WINDOW = 2 * RADIUS + 1;
const K1 = 0.01;
const K2 = 0.03;

/**
 * Mean structural similarity of two pictures [H, W] or [H, W, C], with the constants of Wang and others
 * (2004): an 11 × 11 Gaussian window of deviation 1.5, K₁ 0.01, K₂ 0.03; over the pixels whose window lies
 * inside, and over the channels. Equals scikit-image's `structural_similarity` with `gaussian_weights=True,
 * use_sample_covariance=False`. `dataRange` is the greatest possible difference: 255 for bytes, 1 for 0..1,
 * 2 for −1..1.
 *
 * Throws a `ShapeError` (also for a picture smaller than the window), an `InvalidInputError` for a value
 * that is not finite, a `ConfigurationError` for a `dataRange` that is not above 0.
 *
 * @example
 * ssim(original, reconstruction, [28, 28], { dataRange: 1 });
 */
export function ssim(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  shape: readonly [height: number, width: number, channels?: number],
  { dataRange }: { dataRange: number },
): number {
  const [height, width, channels = 1] = shape;
  checkPositive('dataRange', dataRange);
  checkData('a', a, [height, width, channels]);
  checkData('b', b, [height, width, channels]);
  if (height < WINDOW || width < WINDOW) {
    throw new ShapeError(
      `SSIM needs pictures of at least ${WINDOW}×${WINDOW}, the size of its window, not ${height}×${width}. Use psnr, or scale both up.`,
    );
  }
  const c1 = (K1 * dataRange) ** 2;
  const c2 = (K2 * dataRange) ** 2;
  const size = height * width;
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    const average = (value: (x: number, y: number) => number) => {
      const plane = new Float64Array(size);
      for (let i = 0, at = channel; i < size; i++, at += channels) plane[i] = value(a[at], b[at]);
      return blur(plane, height, width);
    };
    const meanA = average((x) => x);
    const meanB = average((_, y) => y);
    const squareA = average((x) => x * x);
    const squareB = average((_, y) => y * y);
    const product = average((x, y) => x * y);
    let similarity = 0;
    for (let i = 0; i < meanA.length; i++) {
      const means = meanA[i] * meanB[i];
      const squares = meanA[i] ** 2 + meanB[i] ** 2;
      similarity +=
        ((2 * means + c1) * (2 * (product[i] - means) + c2)) /
        ((squares + c1) * (squareA[i] + squareB[i] - squares + c2));
    }
    sum += similarity / meanA.length;
  }
  return sum / channels;
}

/** [H, W] → [H − 10, W − 10], averaged over the Gaussian window where it lies inside. */
function blur(plane: Float64Array, height: number, width: number): Float64Array {
  const columns = width - 2 * RADIUS;
  const rows = height - 2 * RADIUS;
  const horizontal = new Float64Array(height * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let i = 0; i < WINDOW; i++) sum += GAUSSIAN[i] * plane[y * width + x + i];
      horizontal[y * columns + x] = sum;
    }
  }
  const blurred = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let i = 0; i < WINDOW; i++) sum += GAUSSIAN[i] * horizontal[(y + i) * columns + x];
      blurred[y * columns + x] = sum;
    }
  }
  return blurred;
}

/** [11], summing to 1. */
const GAUSSIAN = (() => {
  const weights = Float64Array.from({ length: WINDOW }, (_, i) =>
    Math.exp(-0.5 * ((i - RADIUS) / SIGMA) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
})();
