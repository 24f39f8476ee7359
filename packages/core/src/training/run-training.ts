import { CancelledError, CheckpointError, ConfigurationError } from '../errors.js';
import type { StateDict } from '../module/state-dict.js';
import { Random } from '../random.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { TrainingStep } from './training-step.js';
import type { WeightEma } from './weight-ema.js';

export interface TrainingProgress {
  step: number;
  steps: number;
  loss: number;
  metrics: Record<string, number>;
  learningRate: number;
  /** Before clipping; absent where nothing is clipped. */
  gradientNorm?: number | undefined;
  /** Milliseconds of the step in which it waited for its data; absent where nothing says so. */
  dataMilliseconds?: number | undefined;
  /** Milliseconds that this step took. */
  milliseconds: number;
}

/** What every training run can be told, whatever it trains. */
export interface RunTrainingOptions {
  steps: number;
  /** Ends after this step of the schedule, as if the rest came later. */
  until?: number | undefined;
  seed?: number;
  /** Follows the weights after every step. */
  ema?: WeightEma | undefined;
  checkpoints?: { store: CheckpointStore; every: number };
  /** Figures on data that is not trained on, with the averaged weights where there is an `ema`. */
  validate?: { every: number; run: (step: number) => Promise<Record<string, number>> };
  /** Called once before the first step, with the step that the run goes on after: 0 for a new one. */
  onStart?: (after: number) => void | Promise<void>;
  onValidation?: (step: number, figures: Record<string, number>) => void;
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
  /** Anything that must not change between a run and its continuation, such as the configuration's text. */
  fingerprint?: string;
}

/**
 * Runs a training step again and again. Every step draws its randomness from the seed and its own number, and the
 * state of every module and optimizer is saved, so that a run which was killed and resumed computes the same losses,
 * bit for bit on one engine, as one that never stopped. Ends with the trained weights in the modules (not the
 * averaged ones).
 * @throws CancelledError after saving, where `signal` fires; CheckpointError where the saved run is another one.
 *
 * @example
 * await runTraining({
 *   modules: { generator, discriminator },
 *   optimizers: { 'generator.optimizer': ours, 'discriminator.optimizer': theirs },
 *   run: async (step, random) => {
 *     const real = draw(random);
 *     await descend({ parameters: discriminator.trainableParameters(), optimizer: theirs, learningRate, loss: … });
 *     const { loss, metrics } = await descend({ parameters: generator.trainableParameters(), optimizer: ours, … });
 *     return { loss, metrics, learningRate };
 *   },
 * }, { steps: 1000, checkpoints: { store, every: 100 } });
 */
export async function runTraining(training: TrainingStep, options: RunTrainingOptions): Promise<void> {
  const { steps, seed = 0, ema, checkpoints, validate, onProgress, onValidation, signal } = options;
  checkNames(training);
  const first = (await resume(training, options)) + 1;
  await options.onStart?.(first - 1);
  const last = Math.min(steps, options.until ?? steps);
  for (let step = first; step <= last; step++) {
    const began = performance.now();
    const { metrics = {}, ...outcome } = await training.run(step, new Random(seed).fork('step', step));
    ema?.update();
    if (!Number.isFinite(outcome.loss)) {
      throw new ConfigurationError(
        `The loss is ${outcome.loss} at step ${step}; use a lower learning rate or look at the data. The last checkpoint is kept.`,
      );
    }
    const milliseconds = performance.now() - began;
    onProgress?.({ step, steps, metrics, milliseconds, ...outcome });
    if (validate && (step % validate.every === 0 || step === last)) {
      const run = () => validate.run(step);
      onValidation?.(step, await (ema ? ema.withAverage(run) : run()));
    }
    // Engines that answer at once leave no turn for signals, timers and files to be heard in.
    await new Promise((resolve) => setTimeout(resolve));
    const cancelled = signal?.aborted && step < last;
    if (checkpoints && (cancelled || step % checkpoints.every === 0 || step === last))
      await save(training, options, step);
    if (cancelled) {
      throw new CancelledError(
        `Training stopped at step ${step} of ${steps}; resume it to go on from there.`,
      );
    }
  }
}

function checkNames({ modules, optimizers }: TrainingStep): void {
  const names = ['ema', ...Object.keys(modules), ...Object.keys(optimizers)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) {
    throw new ConfigurationError(`Two parts of a training are named "${twice}"; give each its own name.`);
  }
}

const identity = ({ seed = 0, fingerprint = '' }: RunTrainingOptions) => ({
  seed: String(seed),
  fingerprint,
});

/** Where a checkpoint's metadata has the steps that an optimizer took, which may be fewer than the run's. */
const stepsOf = (optimizer: string) => `${optimizer}.steps`;

async function save(
  { modules, optimizers }: TrainingStep,
  options: RunTrainingOptions,
  step: number,
): Promise<void> {
  const tensors: StateDict = {};
  const parts = { ...modules, ...optimizers, ...(options.ema ? { ema: options.ema } : {}) };
  for (const [prefix, part] of Object.entries(parts)) {
    for (const [name, tensor] of Object.entries(await part.stateDict()))
      tensors[`${prefix}.${name}`] = tensor;
  }
  const taken = Object.entries(optimizers).map(([name, optimizer]) => [
    stepsOf(name),
    String(optimizer.steps),
  ]);
  const metadata = { ...Object.fromEntries(taken), ...identity(options), step: String(step) };
  await options.checkpoints!.store.save({ tensors, metadata });
}

/** Loads the last checkpoint, if there is one; the step that it was saved after, else 0. */
async function resume({ modules, optimizers }: TrainingStep, options: RunTrainingOptions): Promise<number> {
  const saved = await options.checkpoints?.store.load();
  if (!saved) return 0;
  for (const [name, value] of Object.entries(identity(options))) {
    if (saved.metadata[name] !== value) {
      throw new CheckpointError(
        `The saved run has another ${name === 'seed' ? 'seed' : 'configuration'}; ` +
          'resume it with the one it was started with, or start anew in another folder.',
      );
    }
  }
  const step = Number(saved.metadata['step']);
  // A name may begin with another: `generator` and `generator.optimizer`.
  const prefixes = ['ema', ...Object.keys(modules), ...Object.keys(optimizers)];
  const owner = (tensor: string) =>
    prefixes
      .filter((prefix) => tensor.startsWith(`${prefix}.`))
      .reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '');
  const take = (prefix: string): StateDict =>
    Object.fromEntries(
      Object.entries(saved.tensors)
        .filter(([name]) => owner(name) === prefix)
        .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
    );
  for (const [name, module] of Object.entries(modules)) module.loadStateDict(take(name));
  for (const [name, optimizer] of Object.entries(optimizers)) {
    optimizer.loadStateDict(take(name), Number(saved.metadata[stepsOf(name)] ?? step));
  }
  options.ema?.loadStateDict(take('ema'), step);
  return step;
}
