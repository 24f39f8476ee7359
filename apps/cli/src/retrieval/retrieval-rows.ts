import { type EvaluationRow, shareRow } from '../evaluation/evaluation-row.js';
import type { RetrievalClip } from './clip.js';
import type { Retrieved } from './retrieve.js';

export interface RetrievalRowsOptions {
  unit: 'decibels' | 'distance';
  /** How many clips a result is told among. */
  clips: number;
  /** What of its clip a result is compared with. */
  nearTo: 'sound' | 'frames';
}

/** How many results are nearest to their own clip, and how far they are from it, beside how far from the others. */
export function retrievalRows(
  task: string,
  found: readonly Retrieved[],
  { unit, clips, nearTo }: RetrievalRowsOptions,
): EvaluationRow[] {
  const mean = (of: (one: Retrieved) => number) =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return [
    shareRow(
      { task, measure: `nearest to its own clip’s ${nearTo}`, reference: byChance(clips) },
      found.map(({ own, nearest }) => own === nearest),
    ),
    {
      task,
      measure: `distance to its own clip’s ${nearTo}`,
      value: mean(({ ownDistance }) => ownDistance),
      unit,
      reference: { what: 'to the others’', value: mean(({ otherDistance }) => otherDistance) },
    },
  ];
}

/** What a model that has learnt nothing reaches. */
export const byChance = (clips: number) => ({ what: 'by chance', value: 1 / clips });

/** What stands below an example: its clip, and the one that it is nearer to, where it is. */
export function caption(clips: readonly RetrievalClip[], { own, nearest }: Retrieved): string {
  const { id } = clips[own];
  return own === nearest ? id : `${id}, nearest to ${clips[nearest].id}`;
}
