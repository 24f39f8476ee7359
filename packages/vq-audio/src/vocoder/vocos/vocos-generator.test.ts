import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, ConfigurationError, Random } from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEL_DIGITS } from '../../mel/presets.js';
import {
  expectClose,
  type FixtureTensor,
  fromChannelsFirst,
  stateOf,
  useCpu,
} from '../fixtures.test.helper.js';
import { createNeuralVocoder } from '../neural/create-vocoder.js';
import { vocoderConformance } from '../vocoder-conformance.js';
import { inferVocosConfiguration, vocosConfigurationOf } from './vocos-configuration.js';
import { type VocosConfiguration, VocosGenerator } from './vocos-generator.js';

interface VocosFixture {
  configuration: VocosConfiguration;
  weights: Record<string, FixtureTensor>;
  mel: FixtureTensor;
  wave: FixtureTensor;
  probe: FixtureTensor;
  gradient: FixtureTensor;
}

/** Of `fixtures/make-vocos-fixtures.py`. */
const fixtures = JSON.parse(
  readFileSync(new URL('../../../fixtures/vocos.json', import.meta.url), 'utf8'),
) as Record<'center' | 'same', VocosFixture>;

beforeAll(useCpu);

describe.each(['center', 'same'] as const)("against the authors' Vocos, frames %s", (padding) => {
  const { configuration, weights, mel, wave, probe, gradient } = fixtures[padding];

  it('makes the wave, a hop more where frames are centred, and has its gradient', () => {
    const before = tf.memory().numTensors;
    const generator = new VocosGenerator(configuration);
    generator.loadStateDict(stateOf(weights));
    tf.tidy(() => {
      const [batch, samples] = wave.shape;
      const theirs = tf.tensor3d(probe.data, [batch, samples, 1]);
      const of = (x: tf.Tensor) => tf.slice(generator.forward(x as tf.Tensor3D), 0, [batch, samples, 1]);
      const input = fromChannelsFirst(mel);
      expect(generator.forward(input).shape).toEqual([2, 9 * configuration.hop_length, 1]);
      expectClose(of(input).dataSync(), wave.data, 1e-5);
      const made = tf.grad((x) => tf.sum(tf.mul(of(x), theirs)))(input);
      expectClose(made.dataSync(), fromChannelsFirst(gradient).dataSync(), 1e-5);
    });
    generator.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

vocoderConformance('Vocos', () => {
  const { configuration, weights } = fixtures.center;
  const mel = { ...MEL_DIGITS, melBands: 3, hopLength: 4 };
  return createNeuralVocoder({ type: 'vocos', configuration }, stateOf(weights), mel);
});

describe('the configuration', () => {
  const { padding, ...sizes } = fixtures.center.configuration;
  const { n_fft, hop_length, ...backbone } = sizes;
  const published = {
    backbone: { class_path: 'vocos.models.VocosBackbone', init_args: backbone },
    head: { class_path: 'vocos.heads.ISTFTHead', init_args: { dim: 6, n_fft, hop_length, padding } },
  };

  it('is read from what the authors publish, and from their training settings', () => {
    expect(vocosConfigurationOf(published)).toEqual(fixtures.center.configuration);
    expect(vocosConfigurationOf({ model: { init_args: published } })).toEqual(fixtures.center.configuration);
  });

  it('is read off the weights', () => {
    const weights = new Map(Object.entries(fixtures.center.weights));
    expect(inferVocosConfiguration(weights)).toEqual(fixtures.center.configuration);
    expect(() => inferVocosConfiguration(new Map())).toThrow(CheckpointError);
  });

  it.each([
    [{ head: published.head }, /backbone\.init_args is missing/],
    [{ ...published, backbone: { init_args: { ...backbone, dim: 'six' } } }, /dim is "six"/],
    [{ ...published, backbone: { init_args: { ...backbone, adanorm_num_embeddings: 4 } } }, /EnCodec/],
    [{ ...published, head: { init_args: { n_fft, hop_length, padding: 'left' } } }, /padding is "left"/],
  ])('is refused where an entry cannot be', (wrong, message) => {
    expect(() => vocosConfigurationOf(wrong)).toThrow(message);
  });
});

describe('VocosGenerator', () => {
  it('has the size of the published model for mels of 24 kHz', () => {
    const published = new VocosGenerator({
      input_channels: 100,
      dim: 512,
      intermediate_dim: 1536,
      num_layers: 8,
      n_fft: 1024,
      hop_length: 256,
    });
    expect(published.parameterCount()).toBe(13_531_650);
  });

  it('stays finite at features that no mel has', () => {
    const generator = new VocosGenerator(fixtures.center.configuration, { random: new Random(1) });
    generator.loadStateDict(stateOf(fixtures.center.weights));
    const wild = tf.fill([1, 4, 3], 1e30) as tf.Tensor3D;
    expect([...generator.forward(wild).dataSync()].every(Number.isFinite)).toBe(true);
    generator.dispose();
  });

  it.each([{ n_fft: 15 }, { hop_length: 17 }])('refuses %o', (wrong) => {
    expect(() => new VocosGenerator({ ...fixtures.center.configuration, ...wrong })).toThrow(
      ConfigurationError,
    );
  });

  it('says which weights do not fit', () => {
    const generator = new VocosGenerator(fixtures.center.configuration);
    const { 'head.out.bias': _, ...rest } = stateOf(fixtures.center.weights);
    expect(() => generator.loadStateDict(rest)).toThrow(CheckpointError);
  });
});
