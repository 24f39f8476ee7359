import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { type Command, InvalidArgumentError } from 'commander';
import { selectBackend } from 'visual-echoes/node';
import { dataFolders } from '../data/data-folders.js';
import { classifierFolder } from '../evaluation/classifier-folder.js';
import { type EvaluationTask, evaluateModel, TASKS } from '../evaluation/evaluate-model.js';
import { readEvaluationData } from '../evaluation/evaluation-data.js';
import { type EvaluationRow, rowsAsTable } from '../evaluation/evaluation-row.js';
import { loadJudges } from '../evaluation/judges.js';
import { sheet } from '../evaluation/sheet.js';
import { ProgressBar } from '../output/progress-bar.js';
import {
  addModelOptions,
  interruptSignal,
  loadNamedModel,
  type ModelOptions,
  numberFrom,
  wholeNumber,
} from './shared-options.js';

interface EvaluateOptions extends ModelOptions {
  data?: string;
  tasks: readonly EvaluationTask[];
  limit?: number;
  seed: number;
  steps?: number;
  guidance?: number;
  temperature?: number;
  validation?: boolean;
  classifiers?: string;
  trainClassifiers?: boolean;
  out?: string;
}

const ALL_TASKS = Object.keys(TASKS) as EvaluationTask[];

/** Adds `visual-echoes evaluate` to the program. */
export function register(program: Command): void {
  const command = program
    .command('evaluate')
    .description('measure a model of digits: the table of its model card')
    .option('--data <folder>', 'folder that holds mnist/ and fsdd/ (or VISUAL_ECHOES_DATA)')
    .option('--tasks <names>', `some of ${ALL_TASKS.join(',')}`, readTasks, ALL_TASKS)
    .option('--limit <n>', 'at most so many samples of each task', wholeNumber(2))
    .option('--seed <n>', 'of the random numbers', wholeNumber(0), 1)
    .option('--steps <n>', 'of sampling, instead of the model’s', wholeNumber(1))
    .option('--guidance <g>', 'likewise', numberFrom(0))
    .option('--temperature <t>', 'likewise', numberFrom(0))
    .option(
      '--validation',
      'on data kept back from training, to search settings with, and not on the test parts',
    )
    .option('--classifiers <folder>', 'the classifiers that judge; the model’s evaluation/, if left out')
    .option('--train-classifiers', 'train those classifiers and write them to --out')
    .option('--out <folder>', 'also write sheets of samples there');
  addModelOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes evaluate --data data                                  everything, on the test parts
  visual-echoes evaluate --tasks audio-to-image --limit 100 --validation --temperature 0.8
  visual-echoes evaluate --train-classifiers --data data --out classifiers

Digits are named by small classifiers that were trained on real pictures and recordings only; how often these are
right on real data stands beside each figure.`,
    )
    .action((options: EvaluateOptions) =>
      options.trainClassifiers ? trainThem(options) : evaluate(options),
    );
}

function readTasks(text: string): EvaluationTask[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(name in TASKS));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no task "${unknown}".`);
  return ALL_TASKS.filter((task) => names.includes(task));
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const { tasks, limit, seed, validation = false, out, json = false } = options;
  const { steps, guidance, temperature } = options;
  const data = await readEvaluationData(dataFolders(options.data), { validation, limit });
  const signal = interruptSignal();
  const folder = classifierFolder(options);
  const model = await loadNamedModel(options, { signal });
  const judges = await loadJudges(folder);
  if (out) await mkdir(out, { recursive: true });
  const bar = new ProgressBar('Measuring', { hidden: json });
  const rows: EvaluationRow[] = [];
  try {
    const measured = evaluateModel({
      model,
      judges,
      data,
      tasks,
      seed,
      // Of the media: a class that is recognized on the way stays the likeliest one.
      sampling: { media: { steps, guidance, temperature } },
      pairs: Math.min(500, limit ?? 500),
      signal,
      onProgress: (task, share) => bar.update((tasks.indexOf(task) + share) / tasks.length),
      onSamples: async (name, samples) => {
        if (out) await writeFileAtomically(join(out, fileName(name)), [await sheet(samples)]);
      },
    });
    for await (const found of measured) {
      rows.push(...found.rows);
      // Whoever reads along in a log has no bar.
      if (!json && !process.stderr.isTTY) console.error(`${found.task} measured`);
    }
  } finally {
    bar.stop();
  }
  if (json) {
    const about = { model: model.manifest.name, backend: tf.getBackend(), seed, validation };
    console.log(JSON.stringify({ ...about, rows }, null, 2));
  } else {
    console.log(rowsAsTable(rows));
    const part = validation ? 'data kept back from training' : 'the test parts';
    console.log(`\nModel ${model.manifest.name} on ${part}, seed ${seed}, engine ${tf.getBackend()}.`);
  }
  judges.dispose();
  model.dispose();
}

const fileName = (name: string) => `${name.replaceAll(', ', '-')}.png`;

async function trainThem({ data, out, backend, json }: EvaluateOptions): Promise<void> {
  if (!out) throw new ConfigurationError('Name the folder for the classifiers with --out.');
  const folders = dataFolders(data);
  // Networks so small are fastest on one thread.
  await selectBackend({ prefer: backend, threads: 1, onMessage: (line) => console.error(line) });
  // Loaded only here: it brings in the training parts.
  const { trainClassifiers } = await import('../evaluation/train-classifiers.js');
  const accuracies = await trainClassifiers(['picture', 'sound', 'speaker'], folders, out, (line) =>
    console.error(line),
  );
  if (json) console.log(JSON.stringify({ accuracies }, null, 2));
  else {
    for (const [name, value] of Object.entries(accuracies))
      console.log(`${name}: ${(100 * value).toFixed(2)} % of the real test part`);
  }
}
