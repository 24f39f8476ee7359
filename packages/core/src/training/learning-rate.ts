/** The learning rate of a step, counted from 1. */
export type LearningRate = (step: number) => number;

export interface WarmupCosineOptions {
  /** The highest rate. */
  base: number;
  /** Steps in which it rises from 0. */
  warmup?: number;
  /** All steps. */
  total: number;
  /** What it falls to. */
  minimum?: number;
}

/** A linear rise, then half a cosine down to `minimum` at step `total`. */
export function warmupCosine({ base, warmup = 0, total, minimum = 0 }: WarmupCosineOptions): LearningRate {
  return (step) => {
    if (step <= warmup) return (base * step) / warmup;
    const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
    return minimum + ((base - minimum) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/** The same rate at every step. */
export const constantRate =
  (rate: number): LearningRate =>
  () =>
    rate;
