import type { Module } from '../module/module.js';
import type { Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';
import { descend, type LossAndMetrics } from './descend.js';
import type { LearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';
import { type RunTrainingOptions, runTraining } from './run-training.js';

export interface TrainOptions extends RunTrainingOptions {
  module: Module;
  /** Those of the module that learn; all trainable ones by default. */
  parameters?: ReadonlyMap<string, Parameter>;
  /** The loss of a step, inside the gradient tape. All randomness comes from `random`, a stream of this step alone. */
  loss: (step: number, random: Random) => LossAndMetrics;
  optimizer: Optimizer;
  learningRate: LearningRate;
  /** The largest norm of all gradients together. */
  clipNorm?: number | undefined;
  /** Whatever else has a state that must be saved, such as an `EmaCodebook`. */
  state?: Record<string, Module>;
  /** Runs after the weights have changed; what it returns joins the metrics. */
  afterStep?: (step: number, random: Random) => Promise<Record<string, number>>;
}

/**
 * Trains a module down one loss with one optimizer; see `runTraining`, which takes steps of any form.
 * @throws CancelledError after saving, where `signal` fires; CheckpointError where the saved run is another one.
 */
export async function train({
  module,
  parameters = module.trainableParameters(),
  loss,
  optimizer,
  learningRate,
  clipNorm,
  state = {},
  afterStep,
  ...options
}: TrainOptions): Promise<void> {
  const others = Object.entries(state).map(([name, part]) => [`state.${name}`, part]);
  await runTraining(
    {
      modules: { module, ...Object.fromEntries(others) },
      optimizers: { optimizer },
      run: async (step, random) => {
        const rate = learningRate(step);
        const { metrics, ...descent } = await descend({
          parameters,
          loss: () => loss(step, random),
          optimizer,
          learningRate: rate,
          clipNorm,
        });
        const extra = await afterStep?.(step, random);
        return { ...descent, metrics: { ...extra, ...metrics }, learningRate: rate };
      },
    },
    options,
  );
}
