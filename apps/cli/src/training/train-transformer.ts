import type * as tf from '@tensorflow/tfjs-core';
import type { Canvas, Random, StateDict } from '@visual-echoes/core';
import { AdamW, descend, Muon, runTraining, WeightEma, warmupCosine } from '@visual-echoes/core/training';
import {
  type MaskedTransformer,
  type MaskingOptions,
  maskBatch,
  splitBatch,
} from '@visual-echoes/masked-transformer';
import type { RunOptions } from './run-options.js';
import type { Schedule, TransformerTrainingFile } from './training-file.js';

export interface TransformerTraining extends Omit<TransformerTrainingFile, 'start'> {
  model: MaskedTransformer;
  training: Schedule;
  /** Into how many parts, one after the other, a batch is cut, so that it need not fit into memory as a whole; 1. */
  accumulate?: number;
  /** By field, the distribution to learn where a code is the true one; see `LossOptions`. */
  targets?: Readonly<Record<string, tf.Tensor2D>>;
  /** The samples of a step, `batchSize` of them; all randomness comes from `random` or from the step. */
  draw: (step: number, random: Random) => Canvas[] | Promise<Canvas[]>;
  /** Figures on samples that are not trained on. */
  validate: (step: number) => Promise<Record<string, number>>;
}

/** Trains a transformer on samples that `draw` gives; its weights are then the averaged ones where there is an average. */
export async function trainTransformer(
  {
    model,
    training,
    accumulate = 1,
    views,
    masking,
    labelSmoothing,
    targets,
    tableGradient,
    optimizer: optimizerName,
    draw,
    validate,
  }: TransformerTraining,
  run: RunOptions,
): Promise<StateDict> {
  const { steps, learningRate, warmup, minimumRate, betas, weightDecay, clipNorm, emaDecay } = training;
  const weights = model.trainableParameters();
  const adamW = { betas, weightDecay };
  const optimizer =
    optimizerName === 'muon'
      ? new Muon(weights, { orthogonalizes: isInsideBlock, weightDecay, adamW })
      : new AdamW(weights, adamW);
  const ema = emaDecay ? new WeightEma(weights, { decay: emaDecay }) : undefined;
  const rate = warmupCosine({ base: learningRate, warmup, total: steps, minimum: minimumRate });
  await runTraining(
    {
      modules: { module: model },
      optimizers: { optimizer },
      run: async (step, random) => {
        const view = drawView(views, random);
        const began = performance.now();
        const canvases = (await draw(step, random)).map((canvas) => only(canvas, view?.fields));
        const dataMilliseconds = performance.now() - began;
        const fields = { ...masking.fields, ...view?.masking?.fields };
        const options = { ...masking, ...view?.masking, fields } as MaskingOptions;
        const whole = maskBatch(model.fields, canvases, options, random);
        const loss = splitBatch(whole, accumulate).map(
          (part) => () => model.loss(part, { random, labelSmoothing, targets, tableGradient, whole }),
        );
        const descent = await descend({
          parameters: weights,
          loss,
          optimizer,
          learningRate: rate(step),
          clipNorm,
        });
        return { ...descent, learningRate: rate(step), dataMilliseconds };
      },
    },
    {
      steps,
      seed: training.seed,
      ema,
      validate: { every: training.validateEvery, run: validate },
      checkpoints: { store: run.store, every: training.checkpointEvery },
      ...run,
    },
  );
  ema?.swap();
  const state = await model.stateDict();
  optimizer.dispose();
  ema?.dispose();
  return state;
}

const isInsideBlock = (name: string) => /blocks\.\d+\./.test(name);

/** What one training step sees; undefined for all fields. */
function drawView(views: TransformerTraining['views'] = [], random: Random) {
  let left = random.uniform() * views.reduce((sum, { weight }) => sum + weight, 0);
  return views.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

const only = (canvas: Canvas, names?: readonly string[]): Canvas =>
  names ? Object.fromEntries(names.map((name) => [name, canvas[name]])) : canvas;
