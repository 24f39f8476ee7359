import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError, throwIfCancelled } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { type ClassMeasuring, openClassMeasuring } from '../classes/class-measuring.js';
import { CLASS_TASKS, type ClassTask } from '../classes/class-tasks.js';
import { interruptSignal, loadNamedModel } from '../commands/shared-options.js';
import { type EvaluationFile, writeExamples } from '../evaluation/evaluation-file.js';
import type { EvaluationRow } from '../evaluation/evaluation-row.js';
import type { Example } from '../evaluation/example.js';
import { finishEvaluation, type MeasuringOptions } from '../evaluation/finish-evaluation.js';
import { samplingOf } from '../evaluation/sampling-of.js';
import { sheet } from '../evaluation/sheet.js';
import { ProgressBar } from '../output/progress-bar.js';
import { melDistances, pictureDistances } from './distances.js';
import { openMediaDataset, readClips } from './read-clips.js';
import { RETRIEVAL_TASKS, type RetrievalTask } from './retrieval-tasks.js';

/** The options of `visual-echoes evaluate --dataset`. */
export interface EvaluateDatasetOptions extends MeasuringOptions {
  dataset: string;
  tasks?: readonly string[];
  split?: string;
  frames: number;
  /** The folder of those that judge classes, which are measured too. */
  classifiers?: string;
}

/** Results are compared with every clip, whose pictures and mel spectrograms are in memory. */
const CLIPS = 100;

/** Pictures, sounds and pairs whose classes are judged at most. */
const JUDGED = 500;

/** Tasks in which nothing is drawn by the seed, or all seeds at once, or only time is measured: once is enough. */
const SEEDLESS: readonly DatasetTask[] = ['reconstruction', 'variety', 'speed'];

/** Measures a model over a dataset, prints the table, and writes what a report needs where `out` is named. */
export async function evaluateDataset(options: EvaluateDatasetOptions): Promise<void> {
  const { dataset, frames, limit, seed, out, json = false, classifiers } = options;
  const tasks = tasksOf(options);
  const opened = await openMediaDataset(dataset);
  const signal = interruptSignal();
  const model = await loadNamedModel(options, { signal });
  const bar = new ProgressBar('Measuring', { hidden: json });
  const seeds = Array.from({ length: options.seeds }, (_, i) => seed + i);
  const runs: EvaluationRow[][] = [];
  const examples: EvaluationFile['examples'] = [];
  let on: string;
  let measuring: ClassMeasuring | undefined;
  try {
    if (classifiers !== undefined) {
      const judged = { split: options.split, limit: limit ?? JUDGED };
      measuring = await openClassMeasuring(opened, { model, classifiers, signal, ...judged });
    }
    const { clips, split } = await readClips(opened, model, { split: options.split, limit: limit ?? CLIPS });
    on = `${clips.length} clips of the split "${split}" of ${basename(resolve(dataset))}, ${frames} frame${frames > 1 ? 's' : ''} each${byClass(measuring)}`;
    const { minDb, maxDb } = model.manifest.parts.audio.mel.scaling;
    if (out) await mkdir(out, { recursive: true });
    const distances = { mel: melDistances(clips, maxDb - minDb), picture: pictureDistances(clips) };
    for (const [run, own] of seeds.entries()) {
      const rows: EvaluationRow[] = [];
      const keeps = out !== undefined && run === 0;
      const asked = run === 0 ? tasks : tasks.filter((task) => !SEEDLESS.includes(task));
      for (const [i, task] of asked.entries()) {
        throwIfCancelled(signal);
        const common = {
          ...{ model, signal },
          seed: own,
          sampling: samplingOf(options),
          onSheet: async (name: string, samples: readonly (Picture | Mel)[], columns: number) => {
            if (!keeps) return;
            const rows = Math.ceil(samples.length / columns);
            await writeFileAtomically(join(out, `${name}.png`), [await sheet(samples, { columns, rows })]);
          },
          onExamples: async (name: string, some: () => Promise<readonly Example[]>) => {
            if (keeps) examples.push(...(await writeExamples(out, name, await some())));
          },
        };
        const within = (from: number, to: number) => (share: number) =>
          bar.update((run + (i + from + share * (to - from)) / asked.length) / seeds.length);
        const share = !measuring ? 1 : isRetrieval(task) ? 0.2 : 0;
        if (isRetrieval(task)) {
          const context = { ...common, clips, distances, frames, onProgress: within(0, share) };
          rows.push(...(await RETRIEVAL_TASKS[task](context)));
        }
        if (measuring) {
          const { classes, pictures, sounds } = measuring;
          const pairs = Math.min(JUDGED, limit ?? JUDGED);
          const judged = { classes, pictures, sounds, pairs, isFirst: run === 0 };
          rows.push(...(await CLASS_TASKS[task]({ ...common, ...judged, onProgress: within(share, 1) })));
        }
        // Whoever reads along in a log has no bar.
        if (!json && !process.stderr.isTTY) console.error(`${task} measured`);
      }
      runs.push(rows);
    }
  } finally {
    bar.stop();
    measuring?.dispose();
    model.dispose();
  }
  await finishEvaluation(
    { runs, seeds, examples, model: model.manifest.name, validation: false, on },
    { ...options, measuredOn: on },
  );
}

/** What can be measured over a dataset; all of it where classes are. */
type DatasetTask = ClassTask;

const isRetrieval = (task: DatasetTask): task is RetrievalTask => task in RETRIEVAL_TASKS;

function tasksOf({ tasks, classifiers }: EvaluateDatasetOptions): DatasetTask[] {
  const known = classifiers === undefined ? RETRIEVAL_TASKS : CLASS_TASKS;
  const all = Object.keys(known) as DatasetTask[];
  const unknown = tasks?.find((name) => !(name in known));
  if (unknown === undefined) return all.filter((task) => tasks?.includes(task) ?? true);
  const how = unknown in CLASS_TASKS ? 'on digits, or with --classifiers' : 'on digits';
  throw new ConfigurationError(
    `The task "${unknown}" is measured ${how}; over a dataset there are ${all.join(', ')}.`,
  );
}

function byClass(measuring: ClassMeasuring | undefined): string {
  if (!measuring) return '';
  const { classes, pictures, sounds } = measuring;
  return `; by class, ${pictures.held.media.length} pictures and ${sounds.held.media.length} sounds of ${classes.length} classes`;
}
