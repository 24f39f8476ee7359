import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { interruptSignal, loadNamedModel } from '../commands/shared-options.js';
import { dataFolders } from '../data/data-folders.js';
import type { FeatureNetwork } from '../features/feature-network.js';
import { onnxFeatures } from '../features/onnx-features.js';
import { tfjsFeatures } from '../features/tfjs-features.js';
import { ProgressBar } from '../output/progress-bar.js';
import { classifierFolder } from './classifier-folder.js';
import { type EvaluationTask, evaluateModel } from './evaluate-model.js';
import { readEvaluationData } from './evaluation-data.js';
import { type EvaluationFile, writeExamples } from './evaluation-file.js';
import type { EvaluationRow } from './evaluation-row.js';
import { finishEvaluation, type MeasuringOptions } from './finish-evaluation.js';
import { loadJudges } from './judges.js';
import { samplingOf } from './sampling-of.js';
import { sheet } from './sheet.js';

/** The options of `visual-echoes evaluate`. */
export interface EvaluateOptions extends MeasuringOptions {
  data?: string;
  tasks: readonly EvaluationTask[];
  validation?: boolean;
  classifiers?: string;
  trainClassifiers?: boolean;
  featuresOnnx?: string[];
  featuresTfjs?: string[];
}

/** Tasks in which nothing is drawn, or only time is measured: once is enough. */
const SEEDLESS: readonly EvaluationTask[] = ['reconstruction', 'vocoder', 'speed'];

/** Measures a model, prints the table, and writes what a report needs where `out` is named. */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const { tasks, limit, seed, validation = false, out, json = false } = options;
  const data = await readEvaluationData(dataFolders(options.data), { validation, limit });
  const signal = interruptSignal();
  const folder = classifierFolder(options);
  const model = await loadNamedModel(options, { signal });
  const judges = await loadJudges(folder);
  const features: FeatureNetwork[] = [];
  if (out) await mkdir(out, { recursive: true });
  const bar = new ProgressBar('Measuring', { hidden: json });
  const seeds = Array.from({ length: options.seeds }, (_, i) => seed + i);
  const runs: EvaluationRow[][] = [];
  const examples: EvaluationFile['examples'] = [];
  try {
    for (const path of options.featuresOnnx ?? []) features.push(await onnxFeatures(path));
    for (const path of options.featuresTfjs ?? []) features.push(await tfjsFeatures(path));
    for (const [run, own] of seeds.entries()) {
      const rows: EvaluationRow[] = [];
      const keeps = out !== undefined && run === 0;
      const measured = evaluateModel({
        model,
        judges,
        features,
        data,
        tasks: run === 0 ? tasks : tasks.filter((task) => !SEEDLESS.includes(task)),
        seed: own,
        sampling: samplingOf(options),
        pairs: Math.min(500, limit ?? 500),
        signal,
        onProgress: (task, share) =>
          bar.update((run + (tasks.indexOf(task) + share) / tasks.length) / seeds.length),
        onSamples: async (name, samples) => {
          if (keeps) await writeFileAtomically(join(out, fileName(name)), [await sheet(samples)]);
        },
        onExamples: async (task, some) => {
          if (keeps) examples.push(...(await writeExamples(out, task, some)));
        },
      });
      for await (const found of measured) {
        rows.push(...found.rows);
        // Whoever reads along in a log has no bar.
        if (!json && !process.stderr.isTTY) console.error(`${found.task} measured`);
      }
      runs.push(rows);
    }
  } finally {
    bar.stop();
    for (const network of features) network.dispose();
    judges.dispose();
    model.dispose();
  }
  await finishEvaluation(
    { runs, seeds, examples, model: model.manifest.name, validation },
    {
      ...options,
      measuredOn: validation ? 'data kept back from training' : 'the test parts',
    },
  );
}

const fileName = (name: string) => `${name.replaceAll(', ', '-')}.png`;
