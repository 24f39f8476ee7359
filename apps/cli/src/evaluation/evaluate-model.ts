import { throwIfCancelled } from '@visual-echoes/core';
import { classifierFeatures } from '../features/classifier-features.js';
import type { FeatureNetwork } from '../features/feature-network.js';
import { type EvaluationContext, RealJudgements } from './evaluation-context.js';
import type { EvaluationRow } from './evaluation-row.js';
import { audioToImageRows, broughtRows, coGenerationRows, imageToAudioRows } from './generation-rows.js';
import { reconstructionRows, speedRows, varietyRows } from './other-rows.js';
import { vocoderRows } from './vocoder-rows.js';

/** What can be measured, in the order of the table. */
export const TASKS = {
  'image-to-audio': imageToAudioRows,
  'audio-to-image': audioToImageRows,
  brought: broughtRows,
  'co-generation': coGenerationRows,
  variety: varietyRows,
  reconstruction: reconstructionRows,
  vocoder: vocoderRows,
  speed: speedRows,
};

export type EvaluationTask = keyof typeof TASKS;

export interface EvaluationOptions
  extends Pick<EvaluationContext, 'model' | 'judges' | 'data'>,
    Partial<Pick<EvaluationContext, 'seed' | 'sampling' | 'pairs' | 'signal' | 'onSamples' | 'onExamples'>> {
  /** Networks beside the classifiers that judge, in whose features distances are measured too. */
  features?: readonly FeatureNetwork[];
  tasks?: readonly EvaluationTask[];
  /** Receives a share of the task, 0 to 1, that never goes back. */
  onProgress?: (task: EvaluationTask, share: number) => void;
}

/**
 * Measures a model task by task and yields the rows of each.
 * @throws CancelledError where `signal` fires.
 */
export async function* evaluateModel({
  tasks = Object.keys(TASKS) as EvaluationTask[],
  model,
  judges,
  data,
  seed = 1,
  sampling = {},
  pairs = 500,
  signal,
  onProgress = () => {},
  onSamples = async () => {},
  onExamples = async () => {},
  features = [],
}: EvaluationOptions): AsyncGenerator<{ task: EvaluationTask; rows: EvaluationRow[] }> {
  const context = {
    model,
    judges,
    data,
    seed,
    sampling,
    pairs,
    signal,
    onSamples,
    onExamples,
    features: [...classifierFeatures(judges), ...features],
  };
  const real = new RealJudgements(judges, data);
  for (const task of tasks) {
    throwIfCancelled(signal);
    const rows = await TASKS[task]({ ...context, real, onProgress: (share) => onProgress(task, share) });
    yield { task, rows };
  }
}
