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
import { Rival } from './rival.js';
import type { RunOptions } from './run-options.js';
import type { Adversarial, Schedule } from './training-file.js';

const CODEBOOK = 'quantize.embedding.weight';

export interface TokenizerTraining<Media> extends RunOptions {
  tokenizer: VqTokenizer<Media>;
  /** The training pieces of a step, as many as its batch; all randomness comes from `random` or from the step. */
  draw: (step: number, random: Random) => readonly Media[] | Promise<readonly Media[]>;
  /** Pieces that are not trained on. */
  validation: readonly Media[];
  /** Folder of a trained tokenizer from whose weights this one starts; a codebook of another size is left out. */
  start?: string | undefined;
  /** Leaves encoder and codebook, and with them the tokens, as they are. */
  decoderOnly?: boolean;
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
  start,
  decoderOnly,
  codebook,
  tokenNoise,
  perceptual,
  adversarial,
  schedule,
  ...run
}: TokenizerTraining<Media>): Promise<StateDict> {
  const { model } = tokenizer;
  if (decoderOnly && !start) {
    throw new ConfigurationError(
      '"decoderOnly" trains the decoder of another tokenizer; name its folder in "start".',
    );
  }
  if (start) {
    const trained = await readStateFile(join(start, 'weights.safetensors'));
    const { [CODEBOOK]: codes } = await tokenizer.stateDict();
    const fits = trained[CODEBOOK]?.shape.join() === codes.shape.join();
    tokenizer.loadStateDict(fits ? trained : { ...trained, [CODEBOOK]: codes });
  }
  const { steps, learningRate, warmup, minimumRate, betas, weightDecay, clipNorm, emaDecay } = schedule;
  const follower = codebook && !decoderOnly ? new EmaCodebook(model.quantize, codebook) : undefined;
  const weights = new Map(
    [...model.trainableParameters()].filter(([name]) =>
      decoderOnly ? isOfDecoder(name) : !(follower && name === CODEBOOK),
    ),
  );
  const optimizer = new AdamW(weights, { betas, weightDecay });
  const ema = emaDecay ? new WeightEma(weights, { decay: emaDecay }) : undefined;

  const rival = adversarial && new Rival(adversarial, model.channels, schedule.seed);
  const rate = warmupCosine({ base: learningRate, warmup, total: steps, minimum: minimumRate });

  async function step(number: number, random: Random): Promise<StepOutcome> {
    const began = performance.now();
    const x = tokenizer.toTensor(await draw(number, random));
    const dataMilliseconds = performance.now() - began;
    const facing = rival && number > rival.start ? rival : undefined;
    const kept: tf.Tensor[] = [x];
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
        const result = vqModelLoss(model, x, {
          codebookLoss: follower ? 'commitment' : 'legacy',
          noise: tokenNoise ? { share: tokenNoise, random: random.fork('noise') } : undefined,
          adversary: facing?.adversary,
          ...perceptual,
        });
        const { vectors, indices, decoded } = result;
        seen = { vectors: keep(vectors), indices: keep(indices), decoded: keep(decoded) };
        return result;
      },
    });
    const { vectors, indices, decoded } = seen!;
    const extra: Record<string, number> = {};
    if (follower) extra['revived'] = await follower.update(vectors, indices, random);
    if (facing) Object.assign(extra, await facing.learn(x, decoded));
    tf.dispose(kept);
    return {
      loss,
      metrics: { ...metrics, ...extra },
      learningRate: rate(number),
      gradientNorm,
      dataMilliseconds,
    };
  }

  await runTraining(
    {
      modules: {
        module: model,
        ...(follower && { 'state.codebook': follower }),
        ...(rival && { discriminator: rival.adversary.discriminator }),
      },
      optimizers: { optimizer, ...(rival && { 'discriminator.optimizer': rival.optimizer }) },
      run: step,
    },
    {
      steps,
      seed: schedule.seed,
      ema,
      validate: { every: schedule.validateEvery, run: () => reconstructionFigures(tokenizer, validation) },
      checkpoints: { store: run.store, every: schedule.checkpointEvery },
      ...run,
    },
  );
  ema?.swap();
  const state = await tokenizer.stateDict();
  optimizer.dispose();
  ema?.dispose();
  follower?.dispose();
  rival?.dispose();
  return state;
}

const isOfDecoder = (name: string) => /^(decoder|post_quant_conv)\./.test(name);

/** Mean absolute error of reconstructions on the −1..1 scale, and how many codes they use. */
async function reconstructionFigures<Media>(
  tokenizer: VqTokenizer<Media>,
  media: readonly Media[],
): Promise<Record<string, number>> {
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
