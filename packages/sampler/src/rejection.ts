import type { Canvas } from '@visual-echoes/core';

/**
 * Rejection sampling: what is finished is scored, what scores too low is drawn again, and the best attempt is taken.
 * VQ-VAE-2 (Razavi and others, 2019) and VQGAN (Esser and others, 2021) let a classifier score their samples.
 */
export interface Rejection {
  /**
   * A number for each finished canvas, more for better.
   * @param samples which samples of the call these canvases are.
   */
  score(
    canvases: readonly Canvas[],
    samples: readonly number[],
  ): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** A sample with this score or more is taken at once. Infinity, the default, draws all attempts of every sample. */
  threshold?: number | undefined;
  /** How often a sample is drawn at most. 4. */
  attempts?: number | undefined;
  /** Fields that stay as the first attempt filled them: a class that was drawn, say, so that all classes stay as frequent. */
  keep?: readonly string[] | undefined;
}
