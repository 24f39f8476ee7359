import * as tf from '@tensorflow/tfjs-core';
import { iterateSpectralNorms } from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { MelSpectrogram } from '../../mel/mel-spectrogram.js';
import { MEL_DIGITS } from '../../mel/presets.js';
import { expectClose, fromChannelsFirst, stateOf, useCpu, vocoderFixtures } from '../fixtures.test.helper.js';
import { MultiPeriodDiscriminator } from '../hifigan/period-discriminator.js';
import { MultiScaleDiscriminator } from '../hifigan/scale-discriminator.js';
import { MelGanDiscriminator } from '../melgan/melgan-discriminator.js';
import type { Discriminator } from '../neural/discriminator.js';
import { type AdversarialLoss, hingeLoss, leastSquaresLoss } from './adversarial-loss.js';
import { type FeatureMatchingForm, featureMatchingLoss } from './feature-matching-loss.js';
import { MelLoss } from './mel-loss.js';
import { MultiResolutionStftLoss } from './multi-resolution-stft-loss.js';
import { MultiResolutionDiscriminator } from './resolution-discriminator.js';

beforeAll(useCpu);

const layer = (channels: number, kernelSize: number, stride: number, groups: number) => ({
  channels,
  kernelSize,
  stride,
  groups,
});

const discriminators: Record<string, [() => Discriminator, AdversarialLoss, FeatureMatchingForm]> = {
  melgan: [
    () => new MelGanDiscriminator({ num_D: 2, ndf: 4, n_layers: 2, downsamp_factor: 2 }),
    hingeLoss,
    'melgan',
  ],
  periods: [
    () => new MultiPeriodDiscriminator({ periods: [2, 3], channels: [4, 6, 6] }),
    leastSquaresLoss,
    'hifigan',
  ],
  scales: [
    () =>
      new MultiScaleDiscriminator({
        scales: 2,
        layers: [layer(4, 5, 1, 1), layer(4, 7, 2, 2), layer(8, 5, 1, 1)],
      }),
    leastSquaresLoss,
    'hifigan',
  ],
  resolutions: [
    () =>
      new MultiResolutionDiscriminator({
        resolutions: [
          { fftSize: 32, hopLength: 8, windowLength: 32 },
          { fftSize: 16, hopLength: 5, windowLength: 12 },
        ],
        channels: 2,
      }),
    leastSquaresLoss,
    'hifigan',
  ],
};

describe.each(Object.entries(discriminators))('%s against PyTorch', (name, [make, adversarial, form]) => {
  it('judges, and has the losses and the gradient by the made wave', () => {
    const fixture = vocoderFixtures.discriminators[name];
    const before = tf.memory().numTensors;
    const network = make();
    network.loadStateDict(stateOf(fixture.weights));
    iterateSpectralNorms(network);
    tf.tidy(() => {
      const real = fromChannelsFirst(fixture.real);
      const judged = network.forward(real);
      judged.forEach(({ logits }, i) => {
        expectClose(tf.reshape(logits, [2, -1]).dataSync(), fixture.logits[i].data, 1e-5);
      });
      const losses = (wave: tf.Tensor3D) => {
        const made = network.forward(wave);
        return {
          discriminator: adversarial.discriminator(judged, made),
          generator: adversarial.generator(made),
          features: featureMatchingLoss(judged, made, form),
        };
      };
      const wave = fromChannelsFirst(fixture.made);
      const { discriminator, generator, features } = losses(wave);
      expectClose(discriminator.dataSync(), [fixture.discriminator_loss], 1e-5);
      expectClose(generator.dataSync(), [fixture.generator_loss], 1e-5);
      expectClose(features.dataSync(), [fixture.feature_matching], 1e-5);
      const gradient = tf.grad((x) => {
        const { generator, features } = losses(x as tf.Tensor3D);
        return tf.add(generator, tf.mul(features, 3));
      })(wave);
      expectClose(gradient.dataSync(), fixture.gradient.data, 1e-5);
    });
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('losses of spectra against PyTorch', () => {
  const { spectra } = vocoderFixtures;
  const digits = {
    ...MEL_DIGITS,
    fftSize: 128,
    windowLength: 128,
    hopLength: 32,
    melBands: 8,
    firstFrames: null,
  };

  it('multi-resolution STFT', () => {
    const before = tf.memory().numTensors;
    const loss = new MultiResolutionStftLoss(
      spectra.resolutions.map(([fftSize, hopLength, windowLength]) => ({ fftSize, hopLength, windowLength })),
    );
    tf.tidy(() => {
      const [made, real] = [fromChannelsFirst(spectra.made), fromChannelsFirst(spectra.real)];
      const { spectralConvergence, logMagnitude } = loss.forward(made, real);
      expectClose(spectralConvergence.dataSync(), [spectra.spectral_convergence], 1e-5);
      expectClose(logMagnitude.dataSync(), [spectra.log_magnitude], 1e-4);
      const gradient = tf.grad((x) => {
        const parts = loss.forward(x as tf.Tensor3D, real);
        return tf.add(parts.spectralConvergence, parts.logMagnitude);
      })(made);
      expectClose(gradient.dataSync(), spectra.stft_gradient.data, 1e-3);
    });
    loss.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('mel, which is that of MelSpectrogram', () => {
    const before = tf.memory().numTensors;
    const loss = new MelLoss(digits);
    tf.tidy(() => {
      const [made, real] = [fromChannelsFirst(spectra.made), fromChannelsFirst(spectra.real)];
      const mel = tf.transpose(loss.mel(real), [0, 2, 1]);
      const ours = mel.dataSync();
      expectClose(ours, spectra.mel.data, 1e-4);
      const [, bands, frames] = mel.shape;
      for (const [i, start] of [0, 320].entries()) {
        const wave = Float32Array.from(spectra.real.data.slice(start, start + 320));
        const own = new MelSpectrogram(digits).forward(wave);
        expectClose(ours.slice(i * bands * frames, (i + 1) * bands * frames), own.data, 1e-4);
      }
      expectClose(loss.forward(made, real).dataSync(), [spectra.mel_loss], 1e-4);
      const gradient = tf.grad((x) => loss.forward(x as tf.Tensor3D, real))(made);
      expectClose(gradient.dataSync(), spectra.mel_gradient.data, 1e-3);
    });
    loss.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a sound that is too quiet a gradient', () => {
    const loss = new MelLoss(digits);
    tf.tidy(() => {
      const real = fromChannelsFirst(spectra.real);
      const quiet = tf.mul(real, 1e-3) as tf.Tensor3D;
      expect(tf.max(loss.mel(quiet)).dataSync()[0]).toBe(0);
      const gradient = tf.grad((x) => loss.forward(x as tf.Tensor3D, real))(quiet);
      expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
    });
    loss.dispose();
  });
});
