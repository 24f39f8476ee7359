import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError, throwIfCancelled } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { interruptSignal, loadNamedModel } from '../commands/shared-options.js';
import { type EvaluationFile, writeExamples } from '../evaluation/evaluation-file.js';
import type { EvaluationRow } from '../evaluation/evaluation-row.js';
import { finishEvaluation, type MeasuringOptions } from '../evaluation/finish-evaluation.js';
import { sheet } from '../evaluation/sheet.js';
import { ProgressBar } from '../output/progress-bar.js';
import { melDistances, pictureDistances } from './distances.js';
import { openMediaDataset, readClips } from './read-clips.js';
import type { RetrievalContext } from './retrieval-context.js';
import { RETRIEVAL_TASKS, type RetrievalTask } from './retrieval-tasks.js';

/** The options of `visual-echoes evaluate --dataset`. */
export interface EvaluateDatasetOptions extends MeasuringOptions {
  dataset: string;
  tasks?: readonly string[];
  split?: string;
  frames: number;
}

/** Results are compared with every clip, whose pictures and mel spectrograms are in memory. */
const CLIPS = 100;

/** Measures a model over a dataset, prints the table, and writes what a report needs where `out` is named. */
export async function evaluateDataset(options: EvaluateDatasetOptions): Promise<void> {
  const { dataset, frames, limit = CLIPS, seed, out, json = false } = options;
  const { steps, guidance, temperature } = options;
  const tasks = tasksOf(options);
  const opened = await openMediaDataset(dataset);
  const signal = interruptSignal();
  const model = await loadNamedModel(options, { signal });
  const bar = new ProgressBar('Measuring', { hidden: json });
  const seeds = Array.from({ length: options.seeds }, (_, i) => seed + i);
  const runs: EvaluationRow[][] = [];
  const examples: EvaluationFile['examples'] = [];
  let on: string;
  try {
    const { clips, split } = await readClips(opened, model, { split: options.split, limit });
    on = `${clips.length} clips of the split "${split}" of ${basename(resolve(dataset))}, ${frames} frame${frames > 1 ? 's' : ''} each`;
    const { minDb, maxDb } = model.manifest.parts.audio.mel.scaling;
    if (out) await mkdir(out, { recursive: true });
    const distances = { mel: melDistances(clips, maxDb - minDb), picture: pictureDistances(clips) };
    for (const [run, own] of seeds.entries()) {
      const rows: EvaluationRow[] = [];
      const keeps = out !== undefined && run === 0;
      const asked = run === 0 ? tasks : tasks.filter((task) => task !== 'reconstruction'); // nothing is drawn in it
      for (const [i, task] of asked.entries()) {
        throwIfCancelled(signal);
        const context: RetrievalContext = {
          ...{ model, clips, distances, frames, signal },
          seed: own,
          sampling: { media: { steps, guidance, temperature } },
          onProgress: (share) => bar.update((run + (i + share) / asked.length) / seeds.length),
          onSheet: async (name, samples, columns) => {
            if (!keeps) return;
            const rows = Math.ceil(samples.length / columns);
            await writeFileAtomically(join(out, `${name}.png`), [await sheet(samples, { columns, rows })]);
          },
          onExamples: async (name, some) => {
            if (keeps) examples.push(...(await writeExamples(out, name, await some())));
          },
        };
        rows.push(...(await RETRIEVAL_TASKS[task](context)));
        // Whoever reads along in a log has no bar.
        if (!json && !process.stderr.isTTY) console.error(`${task} measured`);
      }
      runs.push(rows);
    }
  } finally {
    bar.stop();
    model.dispose();
  }
  await finishEvaluation(
    { runs, seeds, examples, model: model.manifest.name, validation: false, on },
    { ...options, measuredOn: on },
  );
}

function tasksOf({ tasks }: EvaluateDatasetOptions): RetrievalTask[] {
  const all = Object.keys(RETRIEVAL_TASKS) as RetrievalTask[];
  const unknown = tasks?.find((name) => !(name in RETRIEVAL_TASKS));
  if (unknown === undefined) return all.filter((task) => tasks?.includes(task) ?? true);
  throw new ConfigurationError(
    `The task "${unknown}" is measured on digits; over a dataset there are ${all.join(', ')}.`,
  );
}
