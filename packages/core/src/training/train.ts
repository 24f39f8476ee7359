import * as tf from '@tensorflow/tfjs-core';
import { valueAndGradients } from '../autograd/value-and-gradients.js';
import { CancelledError, CheckpointError, ConfigurationError } from '../errors.js';
import type { Module, StateDict } from '../module/module.js';
import type { Parameter } from '../module/parameter.js';
import { Random } from '../random.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { clipGradientNorm } from './clip-gradient-norm.js';
import type { LearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';
import type { WeightEma } from './weight-ema.js';

export interface TrainingProgress {
  step: number;
  steps: number;
  loss: number;
  metrics: Record<string, number>;
  learningRate: number;
  /** Before clipping; absent where nothing is clipped. */
  gradientNorm?: number;
  /** Milliseconds that this step took. */
  milliseconds: number;
}

export interface TrainOptions {
  module: Module;
  /** Those of the module that learn; all trainable ones by default. */
  parameters?: ReadonlyMap<string, Parameter>;
  /** The loss of a step, inside the gradient tape. All randomness comes from `random`, a stream of this step alone. */
  loss: (step: number, random: Random) => { loss: tf.Scalar; metrics?: Record<string, tf.Scalar> };
  optimizer: Optimizer;
  steps: number;
  /** Ends after this step of the schedule, as if the rest came later. */
  until?: number;
  learningRate: LearningRate;
  seed?: number;
  /** The largest norm of all gradients together. */
  clipNorm?: number;
  ema?: WeightEma;
  /** Whatever else has a state that must be saved, such as an `EmaCodebook`. */
  state?: Record<string, Module>;
  /** Runs after the weights have changed; what it returns joins the metrics. */
  afterStep?: (step: number, random: Random) => Promise<Record<string, number>>;
  checkpoints?: { store: CheckpointStore; every: number };
  /** Figures on data that is not trained on, with the averaged weights where there is an `ema`. */
  validate?: { every: number; run: (step: number) => Promise<Record<string, number>> };
  onValidation?: (step: number, figures: Record<string, number>) => void;
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
  /** Anything that must not change between a run and its continuation, such as the configuration's text. */
  fingerprint?: string;
}

/**
 * Trains a module. Every step draws its randomness from the seed and its own number, and every tensor of the
 * state is saved, so that a run which was killed and resumed computes the same losses, bit for bit on one engine,
 * as one that never stopped. Ends with the trained weights in `module` (not the averaged ones).
 * @throws CancelledError after saving, where `signal` fires; CheckpointError where the saved run is another one.
 */
export async function train(options: TrainOptions): Promise<void> {
  const {
    module,
    parameters = module.trainableParameters(),
    loss,
    optimizer,
    steps,
    learningRate,
    seed = 0,
    clipNorm,
    ema,
    afterStep,
    signal,
  } = options;
  const { checkpoints, validate, onProgress, onValidation } = options;
  const first = (await resume(options)) + 1;
  const last = Math.min(steps, options.until ?? steps);
  for (let step = first; step <= last; step++) {
    const began = performance.now();
    const random = new Random(seed).fork('step', step);
    const metricTensors: Record<string, tf.Scalar> = {};
    const { value, gradients: raw } = valueAndGradients(() => {
      const result = loss(step, random);
      for (const [name, metric] of Object.entries(result.metrics ?? {}))
        metricTensors[name] = tf.keep(tf.clone(metric));
      return result.loss;
    }, parameters);
    const { clipped: gradients, norm } = clipNorm
      ? clipGradientNorm(raw, clipNorm)
      : { clipped: raw, norm: undefined };
    const rate = learningRate(step);
    optimizer.step(gradients, rate);
    const extra = await afterStep?.(step, random);
    ema?.update();
    const lossValue = await scalar(value);
    const metrics: Record<string, number> = { ...extra };
    for (const [name, metric] of Object.entries(metricTensors)) metrics[name] = await scalar(metric);
    const gradientNorm = norm && (await scalar(norm));
    tf.dispose([value, ...gradients.values(), ...Object.values(metricTensors), ...(norm ? [norm] : [])]);
    if (!Number.isFinite(lossValue)) {
      throw new ConfigurationError(
        `The loss is ${lossValue} at step ${step}; use a lower learning rate or look at the data. The last checkpoint is kept.`,
      );
    }
    const milliseconds = performance.now() - began;
    onProgress?.({ step, steps, loss: lossValue, metrics, learningRate: rate, gradientNorm, milliseconds });
    if (validate && (step % validate.every === 0 || step === last)) {
      const run = () => validate.run(step);
      onValidation?.(step, await (ema ? ema.withAverage(run) : run()));
    }
    // Engines that answer at once leave no turn for signals, timers and files to be heard in.
    await new Promise((resolve) => setTimeout(resolve));
    const cancelled = signal?.aborted && step < last;
    if (checkpoints && (cancelled || step % checkpoints.every === 0 || step === last))
      await save(options, step);
    if (cancelled) {
      throw new CancelledError(
        `Training stopped at step ${step} of ${steps}; resume it to go on from there.`,
      );
    }
  }
}

async function scalar(tensor: tf.Tensor): Promise<number> {
  return (await tensor.data())[0];
}

const identity = ({ seed = 0, fingerprint = '' }: TrainOptions) => ({ seed: String(seed), fingerprint });

async function save(options: TrainOptions, step: number): Promise<void> {
  const { module, optimizer, ema, state = {}, checkpoints } = options;
  const tensors: StateDict = {};
  const put = (prefix: string, part: StateDict) => {
    for (const [name, tensor] of Object.entries(part)) tensors[`${prefix}.${name}`] = tensor;
  };
  put('module', await module.stateDict());
  put('optimizer', await optimizer.stateDict());
  if (ema) put('ema', await ema.stateDict());
  for (const [name, part] of Object.entries(state)) put(`state.${name}`, await part.stateDict());
  await checkpoints!.store.save({ tensors, metadata: { ...identity(options), step: String(step) } });
}

/** Loads the last checkpoint, if there is one; the step that it was saved after, else 0. */
async function resume(options: TrainOptions): Promise<number> {
  const { module, optimizer, ema, state = {}, checkpoints } = options;
  const saved = await checkpoints?.store.load();
  if (!saved) return 0;
  for (const [name, value] of Object.entries(identity(options))) {
    if (saved.metadata[name] !== value) {
      throw new CheckpointError(
        `The saved run has another ${name === 'seed' ? 'seed' : 'configuration'}; ` +
          'resume it with the one it was started with, or start anew in another folder.',
      );
    }
  }
  const step = Number(saved.metadata.step);
  const take = (prefix: string): StateDict =>
    Object.fromEntries(
      Object.entries(saved.tensors)
        .filter(([name]) => name.startsWith(`${prefix}.`))
        .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
    );
  module.loadStateDict(take('module'));
  optimizer.loadStateDict(take('optimizer'), step);
  ema?.loadStateDict(take('ema'), step);
  for (const [name, part] of Object.entries(state)) part.loadStateDict(take(`state.${name}`));
  return step;
}
