import type { PerField } from './per-field.js';
import type { Schedule } from './schedule.js';

/** Which positions are fixed at a step: the most confident ones. Made by `confidence`. */
export interface ConfidenceOrder {
  readonly name: 'confidence';
  readonly schedule: Schedule;
  readonly temperature: PerField<number>;
}

/** Which positions are fixed at a step: the next ones of a sequence that spreads evenly. Made by `halton`. */
export interface HaltonOrder {
  readonly name: 'halton';
  readonly schedule: Schedule;
  readonly offset?: number;
}

/** What decides which positions a step fixes, and the schedule that it uses where none is given. */
export type Order = ConfidenceOrder | HaltonOrder;

/**
 * MaskGIT's order: a step fixes the tokens of highest log p + `temperature` · (1 − progress) · Gumbel noise, where p
 * is the predicted probability before the token temperature. 4.5 is MaskGIT's value; MAGE uses up to 6; 0 is greedy.
 */
export function confidence({ temperature = 4.5 }: { temperature?: PerField<number> } = {}): ConfidenceOrder {
  return { name: 'confidence', schedule: 'cosine', temperature };
}

/**
 * Halton-MaskGIT's order: a low-discrepancy sequence over the grid, with neither confidence nor noise.
 *
 * @param options.offset where in the sequence to start; drawn for each sample and field where it is left out.
 */
export function halton({ offset }: { offset?: number } = {}): HaltonOrder {
  return { name: 'halton', schedule: 'arccos', offset };
}
