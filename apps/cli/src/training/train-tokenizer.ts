import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  ConfigurationError,
  type Plane,
  type Random,
  type ReconstructionLossOptions,
  type StateDict,
  type VqModelLoss,
  type VqTokenizer,
  vqEncoderLoss,
  vqModelLoss,
} from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import {
  AdamW,
  descend,
  EmaCodebook,
  type EmaCodebookOptions,
  runTraining,
  type StepOutcome,
  WeightEma,
  warmupCosine,
} from '@visual-echoes/core/training';
import { makesTokens } from '../prepare/tokenizers.js';
import { LabelReader } from './label-reader.js';
import type { Labelled } from './media-samples.js';
import { Rival } from './rival.js';
import type { RunOptions } from './run-options.js';
import type { Adversarial, LabelsFile, Schedule } from './training-file.js';

const CODEBOOK = 'quantize.embedding.weight';

export interface TokenizerTraining<Media> extends RunOptions {
  tokenizer: VqTokenizer<Media>;
  /** The training pieces of a step, as many as its batch; all randomness comes from `random` or from the step. */
  draw: (step: number, random: Random) => readonly Labelled<Media>[] | Promise<readonly Labelled<Media>[]>;
  /** Pieces that are not trained on. */
  validation: readonly Labelled<Media>[];
  /** The classes of both. */
  classes: readonly string[];
  /** Folder of a trained tokenizer from whose weights this one starts; a codebook of another size is left out. */
  start?: string | undefined;
  /** Leaves encoder and codebook, and with them the tokens, as they are. */
  decoderOnly?: boolean;
  /** Leaves codebook and decoder as they are. */
  encoderOnly?: boolean;
  /** Absent: nothing is asked of the codes but the reconstruction. */
  labels?: LabelsFile | undefined;
  /** Absent: the codebook is trained by the legacy loss. */
  codebook?: EmaCodebookOptions;
  /** See `vqModelLoss`. */
  tokenNoise?: number | undefined;
  /** Compares pictures besides their pixels. */
  perceptual?: Pick<ReconstructionLossOptions, 'perceptual' | 'perceptualWeight'> | undefined;
  /** The discriminator that the decoder is trained against. */
  adversarial?: Adversarial | undefined;
  schedule: Schedule;
}

/** Trains a tokenizer by reconstruction and codebook loss, and against a discriminator where one is asked for; its weights are then the averaged ones. */
export async function trainTokenizer<Media>({
  tokenizer,
  draw,
  validation,
  classes,
  start,
  decoderOnly,
  encoderOnly,
  labels,
  codebook,
  tokenNoise,
  perceptual,
  adversarial,
  schedule,
  ...run
}: TokenizerTraining<Media>): Promise<StateDict> {
  refuseContradictions({ start, decoderOnly, encoderOnly, labels, perceptual, adversarial });
  const { model } = tokenizer;
  const onlyLabels = labels?.alone ?? false;
  const { steps, learningRate, warmup, minimumRate, betas, weightDecay, clipNorm, emaDecay } = schedule;
  const keepsCodes = decoderOnly || encoderOnly || onlyLabels;
  const follower = codebook && !keepsCodes ? new EmaCodebook(model.quantize, codebook) : undefined;
  const learns = (name: string) => {
    if (decoderOnly) return !makesTokens(name);
    if (keepsCodes) return makesTokens(name) && name !== CODEBOOK;
    return !(follower && name === CODEBOOK);
  };
  const reader = labels && new LabelReader(labels, { classes, tokenizer, seed: schedule.seed });
  if (start) {
    const trained = await readStateFile(join(start, 'weights.safetensors'));
    const { [CODEBOOK]: codes } = await tokenizer.stateDict();
    const fits = trained[CODEBOOK]?.shape.join() === codes.shape.join();
    tokenizer.loadStateDict(fits ? trained : { ...trained, [CODEBOOK]: codes });
    await reader?.adopt(trained);
  }
  const weights = new Map([
    ...[...model.trainableParameters()].filter(([name]) => learns(name)),
    ...[...(reader?.head.trainableParameters() ?? [])].map(
      ([name, value]) => [`labels.${name}`, value] as const,
    ),
  ]);
  const optimizer = new AdamW(weights, { betas, weightDecay });
  const ema = emaDecay ? new WeightEma(weights, { decay: emaDecay }) : undefined;

  const rival = adversarial && new Rival(adversarial, model.channels, schedule.seed);
  const rate = warmupCosine({ base: learningRate, warmup, total: steps, minimum: minimumRate });

  async function step(number: number, random: Random): Promise<StepOutcome> {
    const began = performance.now();
    const samples = await draw(number, random);
    const x = tokenizer.toTensor(samples.map(({ media }) => media));
    const dataMilliseconds = performance.now() - began;
    const facing = rival && number > rival.start ? rival : undefined;
    const reading = reader?.reading(samples);
    const kept: tf.Tensor[] = reading ? [x, reading.labels] : [x];
    const keep = <T extends tf.Tensor>(tensor: T): T => {
      kept.push(tf.keep(tf.clone(tensor)));
      return kept[kept.length - 1] as T;
    };
    let seen: Pick<VqModelLoss, 'vectors' | 'indices' | 'decoded'> | undefined;
    const { loss, metrics, gradientNorm } = await descend({
      parameters: weights,
      optimizer,
      learningRate: rate(number),
      clipNorm,
      loss: () => {
        if (onlyLabels) return vqEncoderLoss(model, x, reading!);
        const result = vqModelLoss(model, x, {
          codebookLoss: follower ? 'commitment' : 'legacy',
          reading,
          noise: tokenNoise ? { share: tokenNoise, random: random.fork('noise') } : undefined,
          adversary: facing?.adversary,
          ...perceptual,
        });
        const { vectors, indices, decoded } = result;
        seen = { vectors: keep(vectors), indices: keep(indices), decoded: keep(decoded) };
        return result;
      },
    });
    const extra: Record<string, number> = {};
    if (seen && follower) extra['revived'] = await follower.update(seen.vectors, seen.indices, random);
    if (seen && facing) Object.assign(extra, await facing.learn(x, seen.decoded));
    tf.dispose(kept);
    return {
      loss,
      metrics: { ...metrics, ...extra },
      learningRate: rate(number),
      gradientNorm,
      dataMilliseconds,
    };
  }

  async function figures(): Promise<Record<string, number>> {
    const read = await reader?.accuracy(validation, tokenizer, { by: onlyLabels ? 'vectors' : 'codes' });
    return {
      ...(!onlyLabels && (await reconstructionFigures(tokenizer, validation))),
      ...(read !== undefined && { 'labels read': read }),
    };
  }

  await runTraining(
    {
      modules: {
        module: model,
        ...(follower && { 'state.codebook': follower }),
        ...(rival && { discriminator: rival.adversary.discriminator }),
        ...(reader && { labels: reader.head }),
      },
      optimizers: { optimizer, ...(rival && { 'discriminator.optimizer': rival.optimizer }) },
      run: step,
    },
    {
      steps,
      seed: schedule.seed,
      ema,
      validate: { every: schedule.validateEvery, run: figures },
      checkpoints: { store: run.store, every: schedule.checkpointEvery },
      ...run,
    },
  );
  ema?.swap();
  const state = { ...(await tokenizer.stateDict()), ...(await reader?.stateDict()) };
  optimizer.dispose();
  ema?.dispose();
  follower?.dispose();
  rival?.dispose();
  reader?.dispose();
  return state;
}

/** @throws ConfigurationError for settings that do not go together. */
function refuseContradictions({
  start,
  decoderOnly,
  encoderOnly,
  labels,
  perceptual,
  adversarial,
}: Pick<
  TokenizerTraining<unknown>,
  'start' | 'decoderOnly' | 'encoderOnly' | 'labels' | 'perceptual' | 'adversarial'
>): void {
  if (decoderOnly && !start) {
    throw new ConfigurationError(
      '"decoderOnly" trains the decoder of another tokenizer; name its folder in "start".',
    );
  }
  if (encoderOnly && !start) {
    throw new ConfigurationError(
      '"encoderOnly" trains an encoder towards the codes of another tokenizer; name its folder in "start".',
    );
  }
  if (labels?.alone && (decoderOnly || encoderOnly || adversarial || perceptual)) {
    throw new ConfigurationError(
      '"labels.alone" trains without the decoder; leave out "decoderOnly", "encoderOnly", "adversarial" and "perceptual".',
    );
  }
  if (decoderOnly && (labels || encoderOnly)) {
    throw new ConfigurationError(
      '"decoderOnly" leaves the encoder as it is, which "labels" and "encoderOnly" train; leave out either.',
    );
  }
}

/** Mean absolute error of reconstructions on the −1..1 scale, and how many codes they use. */
async function reconstructionFigures<Media>(
  tokenizer: VqTokenizer<Media>,
  samples: readonly Labelled<Media>[],
): Promise<Record<string, number>> {
  const media = samples.map((sample) => sample.media);
  const tokens = await tokenizer.encode(media);
  const rebuilt = await tokenizer.decode(tokens);
  const used = new Set(tokens.flatMap((piece) => [...piece]));
  let error = 0;
  media.forEach((original, i) => {
    error += meanAbsoluteDifference(tokenizer.toPlane(original), tokenizer.toPlane(rebuilt[i]));
  });
  return { 'reconstruction error': error / media.length, 'codes used': used.size };
}

function meanAbsoluteDifference(a: Plane, b: Plane): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
