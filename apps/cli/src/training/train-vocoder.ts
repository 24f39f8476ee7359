import * as tf from '@tensorflow/tfjs-core';
import { iterateSpectralNorms, Random, type StateDict } from '@visual-echoes/core';
import {
  AdamW,
  descend,
  type LossAndMetrics,
  runTraining,
  type StepOutcome,
  WeightEma,
  warmupCosine,
} from '@visual-echoes/core/training';
import {
  featureMatchingLoss,
  type Generator,
  hingeLoss,
  type Judgement,
  leastSquaresLoss,
  type MelConfig,
  MelLoss,
  MultiResolutionStftLoss,
} from '@visual-echoes/vq-audio';
import type { RunOptions } from './run-options.js';
import { VocoderDiscriminators } from './vocoder-discriminators.js';
import type { VocoderFile } from './vocoder-file.js';
import type { VocoderBatch, VocoderPieces } from './vocoder-pieces.js';

export interface VocoderTraining
  extends Pick<VocoderFile, 'losses' | 'adversarial' | 'training' | 'mel'>,
    RunOptions {
  generator: Generator;
  pieces: Pick<VocoderPieces, 'draw'>;
  /** Figures of the generator as it stands, on recordings that are not trained on. */
  validate: () => Promise<Record<string, number>>;
}

/**
 * Trains a generator by the losses of spectra, and from a step on against discriminators, as HiFi-GAN or MelGAN is; its
 * weights are then the averaged ones.
 */
export async function trainVocoder({
  generator,
  pieces,
  validate,
  losses,
  adversarial,
  training,
  mel,
  store,
  ...run
}: VocoderTraining): Promise<StateDict> {
  const { seed, steps, batchSize, betas, weightDecay, clipNorm, emaDecay } = training;
  const stft = new MultiResolutionStftLoss(losses.resolutions);
  const melLoss = new MelLoss(mel as unknown as MelConfig);
  const weights = generator.trainableParameters();
  const optimizer = new AdamW(weights, { betas, weightDecay });
  const ema = emaDecay ? new WeightEma(weights, { decay: emaDecay }) : undefined;
  const rateOf = warmupCosine({
    base: training.learningRate,
    warmup: training.warmup,
    total: steps,
    minimum: training.minimumRate,
  });
  const opposition = adversarial && prepareOpposition(adversarial, training, seed);

  /** What the generator learns from by itself. */
  const spectral = (made: tf.Tensor3D, real: tf.Tensor3D): LossAndMetrics => {
    const { spectralConvergence, logMagnitude } = stft.forward(made, real);
    const melDistance = melLoss.forward(made, real);
    const loss = tf.add(
      tf.mul(melDistance, losses.mel),
      tf.mul(tf.add(spectralConvergence, logMagnitude), losses.stft),
    );
    return {
      loss: loss as tf.Scalar,
      metrics: { mel: melDistance, convergence: spectralConvergence, 'log magnitude': logMagnitude },
    };
  };

  const step = async ({ mels, waves }: VocoderBatch, number: number): Promise<StepOutcome> => {
    const learningRate = rateOf(number);
    const against = opposition && number >= opposition.start ? opposition : undefined;
    const metrics: Record<string, number> = {};
    if (against) {
      const made = tf.tidy(() => generator.forward(mels));
      metrics['discriminator'] = await against.learn(waves, made, learningRate);
      made.dispose();
    }
    const judged = against && (tf.tidy(() => against.discriminators.forward(waves)) as Judgement[]);
    const descent = await descend({
      parameters: weights,
      optimizer,
      learningRate,
      clipNorm,
      loss: () => {
        const made = generator.forward(mels);
        const own = spectral(made, waves);
        if (!against || !judged) return own;
        const judgedMade = against.discriminators.forward(made);
        const passing = against.loss.generator(judgedMade);
        const matching = featureMatchingLoss(judged, judgedMade, against.form);
        const theirs = tf.add(tf.mul(passing, against.weight), tf.mul(matching, against.featureMatching));
        return {
          loss: tf.add(own.loss, theirs) as tf.Scalar,
          metrics: { ...own.metrics, passing, features: matching },
        };
      },
    });
    tf.dispose(judged ?? []);
    return { ...descent, metrics: { ...metrics, ...descent.metrics }, learningRate };
  };

  await runTraining(
    {
      modules: { module: generator, ...(opposition ? { discriminators: opposition.discriminators } : {}) },
      optimizers: { optimizer, ...(opposition ? { 'discriminators.optimizer': opposition.optimizer } : {}) },
      run: async (number, random) => {
        const batch = await pieces.draw(batchSize, random);
        const outcome = await step(batch, number);
        tf.dispose([batch.mels, batch.waves]);
        return outcome;
      },
    },
    {
      steps,
      seed,
      ema,
      validate: { every: training.validateEvery, run: validate },
      checkpoints: { store, every: training.checkpointEvery },
      ...run,
    },
  );
  ema?.swap();
  const state = await generator.stateDict();
  for (const part of [optimizer, ema, stft, melLoss, opposition]) part?.dispose();
  return state;
}

/** The discriminators of a training, and how they learn. */
function prepareOpposition(
  { discriminators: settings, loss: form, rate, ...rest }: NonNullable<VocoderFile['adversarial']>,
  { betas, weightDecay, clipNorm }: VocoderFile['training'],
  seed: number,
) {
  const discriminators = new VocoderDiscriminators(settings, new Random(seed).fork('discriminators'));
  const parameters = discriminators.trainableParameters();
  const optimizer = new AdamW(parameters, { betas, weightDecay });
  const loss = form === 'hinge' ? hingeLoss : leastSquaresLoss;
  return {
    ...rest,
    discriminators,
    optimizer,
    loss,
    form: form === 'hinge' ? ('melgan' as const) : ('hifigan' as const),
    /** One step of theirs; its loss. */
    learn: async (real: tf.Tensor3D, made: tf.Tensor3D, learningRate: number): Promise<number> => {
      iterateSpectralNorms(discriminators);
      const descent = await descend({
        parameters,
        optimizer,
        learningRate: learningRate * rate,
        clipNorm,
        loss: () => ({
          loss: loss.discriminator(discriminators.forward(real), discriminators.forward(made)),
        }),
      });
      return descent.loss;
    },
    dispose: () => {
      discriminators.dispose();
      optimizer.dispose();
    },
  };
}
