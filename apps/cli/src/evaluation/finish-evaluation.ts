import * as tf from '@tensorflow/tfjs-core';
import type { ModelOptions } from '../commands/shared-options.js';
import { type EvaluationFile, writeEvaluation } from './evaluation-file.js';
import { type EvaluationRow, overSeeds, rowsAsTable } from './evaluation-row.js';

/** The options of every `visual-echoes evaluate`, of digits and over a dataset. */
export interface MeasuringOptions extends ModelOptions {
  limit?: number;
  seed: number;
  seeds: number;
  steps?: number;
  guidance?: number;
  temperature?: number;
  attempts?: number;
  out?: string;
}

/** What was measured, the rows by seed. */
export interface Measured extends Omit<EvaluationFile, 'kind' | 'backend' | 'rows'> {
  runs: readonly EvaluationRow[][];
}

/** Prints the table, or JSON, and writes what a report needs where `out` is named. @throws FileAccessError. */
export async function finishEvaluation(
  { runs, examples, model, seeds, ...what }: Measured,
  { seed, out, json = false, measuredOn }: MeasuringOptions & { measuredOn: string },
): Promise<void> {
  const rows = overSeeds(runs);
  const about = { model, backend: tf.getBackend(), seeds, ...what };
  if (out) await writeEvaluation(out, { kind: 'evaluation', ...about, rows, examples });
  if (json) console.log(JSON.stringify({ ...about, seed, rows }, null, 2));
  else {
    console.log(rowsAsTable(rows));
    const named = seeds.length === 1 ? `seed ${seed}` : `seeds ${seeds.join(', ')}`;
    console.log(`\nModel ${model} on ${measuredOn}, ${named}, engine ${about.backend}.`);
  }
}
