import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import {
  AdamW,
  type CheckpointStore,
  descend,
  runTraining,
  WeightEma,
  warmupCosine,
} from '@visual-echoes/core/training';
import { BestWeights } from './best-weights.js';
import { Classifier, type ClassifierShape } from './classifier.js';
import { toBatch } from './judge.js';

/** One input of −1..1 with its class. */
export interface Example {
  input: Float32Array;
  class: number;
}

export interface FitClassifierOptions {
  shape: ClassifierShape;
  steps: number;
  batchSize: number;
  /** A training input and its class, drawn anew each time; of `random`, all that it takes before it first waits. */
  draw: (random: Random) => Example | Promise<Example>;
  /** Figures on data that is not trained on, with the averaged weights. */
  validate: { every: number; run: (classifier: Classifier) => Promise<Record<string, number>> };
  /**
   * Gives the weights whose figure of this name was the least, and ends where it was not lower for so many validations;
   * the last weights, where it is left out.
   */
  keep?: { least: string; patience: number } | undefined;
  labelSmoothing?: number;
  seed?: number;
  store: CheckpointStore;
  onValidation?: (step: number, figures: Record<string, number>) => void;
  /** Receives the share of the steps. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal | undefined;
  /** What must not change between a training and its continuation. */
  fingerprint?: string;
}

/**
 * Trains a classifier with label smoothing and averaged weights; one that was stopped goes on where it was.
 * @throws CancelledError after saving, where `signal` fires; CheckpointError where the saved training is another one.
 */
export async function fitClassifier({
  shape,
  steps,
  batchSize,
  draw,
  validate,
  keep,
  labelSmoothing = 0.05,
  seed = 1,
  store,
  onValidation,
  onProgress = () => {},
  signal,
  fingerprint,
}: FitClassifierOptions): Promise<Classifier> {
  const classifier = new Classifier(shape, new Random(seed));
  const best = keep && new BestWeights(new Classifier(shape, new Random(seed)));
  const parameters = classifier.trainableParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0.05 });
  const ema = new WeightEma(parameters, { decay: 0.995 });
  const learningRate = warmupCosine({ base: 0.003, warmup: 100, total: steps, minimum: 1e-5 });
  const run = async (step: number, random: Random) => {
    const examples = await Promise.all(Array.from({ length: batchSize }, () => draw(random)));
    const rate = learningRate(step);
    const loss = () => ({ loss: smoothedLoss(classifier, examples, labelSmoothing, random) });
    const descent = await descend({ parameters, loss, optimizer, learningRate: rate, clipNorm: 2 });
    return { ...descent, learningRate: rate };
  };
  const { every } = validate;
  let done = 0;
  const isOver = () => done >= steps || (keep && done - best!.step >= every * keep.patience);
  // A validation at a time, since the next may be the last.
  for (let until = every; !isOver(); until += every) {
    await runTraining(
      { modules: { module: classifier, ...(best && { best }) }, optimizers: { optimizer }, run },
      {
        ...{ steps, until, seed, ema, onValidation },
        ...(signal && { signal }),
        ...(fingerprint && { fingerprint }),
        checkpoints: { store, every },
        validate: {
          every,
          run: async (step) => {
            const figures = await validate.run(classifier);
            if (keep) await best!.offer(classifier, step, figures[keep.least]);
            return figures;
          },
        },
        onStart: (after) => {
          done = after;
        },
        onProgress: ({ step }) => {
          done = step;
          onProgress(step / steps);
        },
      },
    );
  }
  ema.swap();
  ema.dispose();
  optimizer.dispose();
  if (!best) return classifier;
  classifier.dispose();
  return best.take();
}

/** Mean cross-entropy to targets of which a share is spread over all classes. */
function smoothedLoss(
  classifier: Classifier,
  examples: readonly Example[],
  smoothing: number,
  random: Random,
): tf.Scalar {
  const { shape } = classifier;
  const targets = new Float32Array(examples.length * shape.classes).fill(smoothing / shape.classes);
  examples.forEach((example, i) => {
    targets[i * shape.classes + example.class] += 1 - smoothing;
  });
  const inputs = examples.map(({ input }) => input);
  const { logits } = classifier.forward(toBatch(inputs, shape), random);
  const likelihood = tf.mul(tf.logSoftmax(logits), tf.tensor2d(targets, [examples.length, shape.classes]));
  return tf.neg(tf.mean(tf.sum(likelihood, 1))) as tf.Scalar;
}
