import * as tf from '@tensorflow/tfjs-core';
import { foldWeightNorm, Random } from '@visual-echoes/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEL_DIGITS } from '../../mel/presets.js';
import { expectClose, fromChannelsFirst, stateOf, useCpu, vocoderFixtures } from '../fixtures.test.helper.js';
import { HIFIGAN, type HiFiGanConfiguration, HiFiGanGenerator } from '../hifigan/hifigan-generator.js';
import { type MelGanConfiguration, MelGanGenerator } from '../melgan/melgan-generator.js';
import { vocoderConformance } from '../vocoder-conformance.js';
import type { Generator, GeneratorForm } from './generator.js';
import { type GeneratorInput, NeuralVocoder } from './neural-vocoder.js';

const mel = { ...MEL_DIGITS, melBands: 3, hopLength: 6 };
const make = (name: string, form: GeneratorForm = 'plain'): Generator => {
  const { configuration } = vocoderFixtures.generators[name];
  return name === 'melgan'
    ? new MelGanGenerator(configuration as MelGanConfiguration, { form })
    : new HiFiGanGenerator(configuration as HiFiGanConfiguration, { form });
};
const loaded = (name: string): Generator => {
  const generator = make(name);
  generator.loadStateDict(foldWeightNorm(stateOf(vocoderFixtures.generators[name].weights)));
  return generator;
};

beforeAll(useCpu);

describe.each(Object.keys(vocoderFixtures.generators))('%s against PyTorch', (name) => {
  it.each(['weight-norm', 'plain'] as const)('%s', (form) => {
    const { weights, mel, wav } = vocoderFixtures.generators[name];
    const before = tf.memory().numTensors;
    const generator = make(name, form);
    generator.loadStateDict(form === 'plain' ? foldWeightNorm(stateOf(weights)) : stateOf(weights));
    const wave = tf.tidy(() => generator.forward(fromChannelsFirst(mel)));
    expectClose(wave.dataSync(), wav.data, 1e-5);
    expect(wave.shape[1]).toBe(mel.shape[2] * generator.hopLength);
    wave.dispose();
    generator.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

for (const name of Object.keys(vocoderFixtures.generators)) {
  vocoderConformance(name, () => new NeuralVocoder(loaded(name), mel));
}

describe('the published sizes', () => {
  it.each([
    ['MelGAN', () => new MelGanGenerator({ input_size: 80, ngf: 32, n_residual_layers: 3 }), 4_260_257],
    ['HiFi-GAN v1', () => new HiFiGanGenerator(HIFIGAN.v1), 13_926_017],
    ['HiFi-GAN v2', () => new HiFiGanGenerator(HIFIGAN.v2), 925_985],
    ['HiFi-GAN v3', () => new HiFiGanGenerator(HIFIGAN.v3), 1_462_273],
  ])('of %s, the weight norms folded', (_, build, count) => {
    const generator = build();
    expect(generator.parameterCount()).toBe(count);
    expect(generator.hopLength).toBe(256);
    expect(generator.bands).toBe(80);
  });
});

describe('NeuralVocoder', () => {
  const random = new Random(1);
  const mels = [5, 5, 8, 5, 2].map((frames) => ({
    bands: 3,
    frames,
    data: random.uniforms(3 * frames, 0, 1),
  }));

  it('gives calls of one turn what each gets alone', async () => {
    const vocoder = new NeuralVocoder(loaded('melgan'), mel, { framesAtOnce: 10 });
    const before = tf.memory().numTensors;
    const together = await Promise.all(mels.map((one) => vocoder.vocode(one)));
    for (const [i, one] of mels.entries()) expectClose(together[i], await vocoder.vocode(one), 1e-6);
    expect(tf.memory().numTensors).toBe(before);
    vocoder.dispose();
  });

  it.each<[GeneratorInput, (decibels: number) => number]>([
    ['unit', (decibels) => (decibels + 30) / 90],
    ['log10', (decibels) => Math.log10(10 ** (decibels / 20))],
    ['ln', (decibels) => Math.log(10 ** (decibels / 20))],
  ])('gives the generator its mel as %s', async (input, expected) => {
    let seen: Float32Array | undefined;
    const generator = loaded('hifigan, resblock 1');
    const forward = generator.forward.bind(generator);
    generator.forward = (x) => {
      seen = x.dataSync() as Float32Array;
      return forward(x);
    };
    const vocoder = new NeuralVocoder(generator, mel, { input });
    const decibels = [-30, 0, 12, 33, 60, -7]; // two frames of three bands, [bands × frames]
    await vocoder.vocode({ bands: 3, frames: 2, data: Float32Array.from(decibels, (d) => (d + 30) / 90) });
    const framesFirst = [0, 2, 4, 1, 3, 5].map((i) => expected(decibels[i]));
    expectClose(seen!, framesFirst, 1e-6);
    vocoder.dispose();
  });

  it('refuses a generator of other mels', () => {
    const generator = make('melgan');
    expect(() => new NeuralVocoder(generator, MEL_DIGITS)).toThrow(
      /64 bands and frames of 128 samples; the vocoder takes 3 bands and makes 6/,
    );
  });

  it('refuses a configuration that cannot be', () => {
    const wrong = (change: Partial<HiFiGanConfiguration>) => () =>
      new HiFiGanGenerator({ ...HIFIGAN.v1, ...change });
    expect(wrong({ upsample_rates: [8, 8] })).toThrow(/2 upsample_rates/);
    expect(wrong({ upsample_kernel_sizes: [15, 16, 4, 4] })).toThrow(/kernel of 15 does not make 8/);
    expect(wrong({ upsample_initial_channel: 40 })).toThrow(/cannot be halved 4 times/);
    expect(wrong({ resblock: '3' as '1' })).toThrow(/resblock is "1" or "2"/);
    expect(wrong({ resblock_kernel_sizes: [3] })).toThrow(/1 resblock_kernel_sizes/);
  });
});
