import type { Random } from '@visual-echoes/core';

/**
 * Sets up to a share of the rows and of the columns of `[height × width]`, next to each other, to −1: SpecAugment's masks
 * (Park et al., 2019, arXiv 1904.08779).
 */
export function maskInput(
  input: Float32Array,
  { height, width }: { height: number; width: number },
  share: number,
  random: Random,
): Float32Array {
  const masked = Float32Array.from(input);
  const [rows, columns] = [height, width].map((side) => random.integer(Math.floor(share * side) + 1));
  const [top, left] = [random.integer(height - rows + 1), random.integer(width - columns + 1)];
  masked.fill(-1, top * width, (top + rows) * width);
  for (let row = 0; row < height; row++) masked.fill(-1, row * width + left, row * width + left + columns);
  return masked;
}
