import type { PerField } from './per-field.js';

/** How the guidance scale gets from 1 to its value over the steps. */
export type GuidanceGrowth = 'constant' | 'linear' | 'cosine';

/**
 * Classifier-free guidance: logits are u + scale · (c − u), where u comes from the same predictor with the condition
 * masked, and c from the canvas as it is. A scale of 1 is no guidance and costs nothing.
 */
export interface Guidance {
  /** 1. */
  scale?: PerField<number>;
  /** `constant`; `linear` and `cosine` (slow, fast, slow) start at 1 and reach the scale at the last step. */
  growth?: GuidanceGrowth;
  /**
   * Which of the steps are guided, as a part of the way that begins at 0 and ends at 1: of four steps `[0, 0.5]` guides
   * the first two. `[0, 1]`, all of them (Kynkäänniemi et al. 2024 found less to be as good in diffusion).
   */
  interval?: readonly [from: number, to: number];
  /**
   * The fields that are the condition: their tokens that were known when the stage began are masked for u, while
   * those generated since stay. All fields of which any token was given, where it is left out.
   */
  fields?: readonly string[];
}

/** The guidance scale at `step` (from 1) of `steps`. */
export function guidanceScale(
  {
    scale,
    growth,
    interval: [from, to],
  }: { scale: number; growth: GuidanceGrowth; interval: readonly [number, number] },
  step: number,
  steps: number,
): number {
  const begun = (step - 1) / steps;
  if (begun < from || begun >= to) return 1;
  if (growth === 'constant' || steps === 1) return scale;
  const progress = (step - 1) / (steps - 1);
  return 1 + (scale - 1) * (growth === 'linear' ? progress : (1 - Math.cos(Math.PI * progress)) / 2);
}
