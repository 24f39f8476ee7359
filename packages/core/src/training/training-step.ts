import type { Module } from '../module/module.js';
import type { Random } from '../random.js';
import type { Optimizer } from './optimizer.js';

/** What a step gives to see. */
export interface StepOutcome {
  loss: number;
  metrics?: Record<string, number>;
  learningRate: number;
  /** Before clipping; absent where nothing is clipped. */
  gradientNorm?: number | undefined;
  /** Milliseconds of the step in which it waited for its data. */
  dataMilliseconds?: number | undefined;
}

/**
 * One step of a training, over any number of modules and optimizers: a generator and its discriminator, say. The names
 * of both are prefixes of a checkpoint, and no two may be the same.
 */
export interface TrainingStep {
  /** Whatever holds weights or another state that a checkpoint must have. */
  modules: Readonly<Record<string, Module>>;
  optimizers: Readonly<Record<string, Optimizer>>;
  /** Changes the weights. All randomness comes from `random`, a stream of this step alone. */
  run(step: number, random: Random): Promise<StepOutcome>;
}
