import * as tf from '@tensorflow/tfjs-core';
import { iterateSpectralNorms, Parameter, Random } from '@visual-echoes/core';
import {
  type AdversarialLoss,
  createGenerator,
  type Discriminator,
  type FeatureMatchingForm,
  featureMatchingLoss,
  type GeneratorSettings,
  hingeLoss,
  leastSquaresLoss,
  MEL_DIGITS,
  MelGanDiscriminator,
  MelLoss,
  MultiPeriodDiscriminator,
  MultiResolutionDiscriminator,
  MultiResolutionStftLoss,
  MultiScaleDiscriminator,
} from '@visual-echoes/vq-audio';
import { type ConformanceCase, readGradients, readTensor } from './conformance-case.js';

/** @param spread of random numbers that are added to the start values, where those make hardly any sound */
function generatorCase(name: string, settings: GeneratorSettings, spread = 0): ConformanceCase {
  return {
    name,
    async run() {
      const random = new Random(8).fork(name);
      const generator = createGenerator(settings, { random, form: 'weight-norm' });
      const state = await generator.stateDict();
      for (const { data } of Object.values(state)) {
        for (let i = 0; i < data.length; i++) data[i] += random.normal(0, spread);
      }
      generator.loadStateDict(state);
      const mel = random.normals(2 * 7 * 5);
      const dy = random.normals(2 * 7 * generator.hopLength);
      const forward = () => generator.forward(tf.tensor3d(mel, [2, 7, 5]));
      const score = () => tf.sum(tf.mul(tf.reshape(forward(), [-1]), dy)) as tf.Scalar;
      const outcome = {
        forward: { wave: await readTensor(forward) },
        gradients: (await readGradients(score, generator.trainableParameters())).gradients,
      };
      generator.dispose();
      return outcome;
    },
  };
}

/** Both sides of a training: what the discriminator learns from, and what the made wave is told. */
function discriminatorCase(
  name: string,
  make: (random: Random) => Discriminator,
  loss: AdversarialLoss,
  form: FeatureMatchingForm,
): ConformanceCase {
  return {
    name,
    async run() {
      const random = new Random(9).fork(name);
      const discriminator = make(random);
      iterateSpectralNorms(discriminator);
      const real = random.normals(2 * 61);
      const made = new Parameter([2, 61, 1], (length) => random.normals(length));
      const waves = () =>
        [tf.tensor3d(real, [2, 61, 1]), made.value as unknown as tf.Tensor3D].map((wave) =>
          discriminator.forward(wave),
        );
      const theirs = await readGradients(() => {
        const [judgedReal, judgedMade] = waves();
        return loss.discriminator(judgedReal, judgedMade);
      }, discriminator.trainableParameters());
      const ours = await readGradients(
        () => {
          const [judgedReal, judgedMade] = waves();
          return tf.add(loss.generator(judgedMade), featureMatchingLoss(judgedReal, judgedMade, form));
        },
        new Map([['made', made]]),
      );
      const outcome = {
        forward: { theirs: theirs.value, ours: ours.value },
        gradients: { ...theirs.gradients, ...ours.gradients },
      };
      discriminator.dispose();
      made.dispose();
      return outcome;
    },
  };
}

const spectra: ConformanceCase = {
  name: 'losses of spectra',
  async run() {
    const random = new Random(10);
    const real = random.normals(2 * 700, 0, 0.3);
    const made = new Parameter([2, 700, 1], (length) => random.normals(length, 0, 0.2));
    const stft = new MultiResolutionStftLoss([
      { fftSize: 128, hopLength: 30, windowLength: 100 },
      { fftSize: 64, hopLength: 16, windowLength: 64 },
    ]);
    const mel = new MelLoss(MEL_DIGITS);
    const waves = () => [made.value as unknown as tf.Tensor3D, tf.tensor3d(real, [2, 700, 1])] as const;
    const parameters = new Map([['made', made]]);
    const ofStft = await readGradients(() => {
      const { spectralConvergence, logMagnitude } = stft.forward(...waves());
      return tf.add(spectralConvergence, logMagnitude);
    }, parameters);
    const ofMel = await readGradients(() => mel.forward(...waves()), parameters);
    const outcome = {
      forward: { stft: ofStft.value, mel: ofMel.value },
      gradients: { stft: ofStft.gradients['made'], mel: ofMel.gradients['made'] },
    };
    stft.dispose();
    mel.dispose();
    made.dispose();
    return outcome;
  },
};

const hifigan = {
  upsample_rates: [4, 3],
  upsample_kernel_sizes: [8, 7],
  upsample_initial_channel: 12,
  resblock_kernel_sizes: [3, 5],
  resblock_dilation_sizes: [
    [1, 3],
    [2, 4],
  ],
  num_mels: 5,
};

/** Vocoders and what trains them, as small as can be. */
export const vocoderCases: readonly ConformanceCase[] = [
  generatorCase('MelGAN', {
    type: 'melgan',
    configuration: { input_size: 5, ngf: 3, n_residual_layers: 2, ratios: [4, 3] },
  }),
  generatorCase('HiFi-GAN, resblock 1', { type: 'hifigan', configuration: { resblock: '1', ...hifigan } }),
  generatorCase('HiFi-GAN, resblock 2', { type: 'hifigan', configuration: { resblock: '2', ...hifigan } }),
  generatorCase(
    'Vocos',
    {
      type: 'vocos',
      configuration: {
        input_channels: 5,
        dim: 6,
        intermediate_dim: 9,
        num_layers: 2,
        n_fft: 16,
        hop_length: 4,
      },
    },
    0.3,
  ),
  discriminatorCase(
    "MelGAN's discriminator",
    (random) => new MelGanDiscriminator({ num_D: 2, ndf: 8, n_layers: 2, downsamp_factor: 2 }, { random }),
    hingeLoss,
    'melgan',
  ),
  discriminatorCase(
    'multi-period discriminator',
    (random) => new MultiPeriodDiscriminator({ periods: [2, 3, 5], channels: [4, 6, 6], random }),
    leastSquaresLoss,
    'hifigan',
  ),
  discriminatorCase(
    'multi-scale discriminator',
    (random) =>
      new MultiScaleDiscriminator({
        scales: 2,
        layers: [
          { channels: 4, kernelSize: 5, stride: 1, groups: 1 },
          { channels: 8, kernelSize: 7, stride: 2, groups: 2 },
          { channels: 8, kernelSize: 7, stride: 4, groups: 4 },
        ],
        random,
      }),
    leastSquaresLoss,
    'hifigan',
  ),
  discriminatorCase(
    'multi-resolution discriminator',
    (random) =>
      new MultiResolutionDiscriminator({
        resolutions: [{ fftSize: 32, hopLength: 8, windowLength: 32 }],
        channels: 4,
        random,
      }),
    leastSquaresLoss,
    'hifigan',
  ),
  spectra,
];
