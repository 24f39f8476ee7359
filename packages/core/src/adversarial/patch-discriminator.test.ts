import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, ShapeError } from '../errors.js';
import { Random } from '../random.js';
import { useCpu } from '../testing.test.helper.js';
import { PatchDiscriminator } from './patch-discriminator.js';

beforeAll(useCpu);

describe('PatchDiscriminator', () => {
  it("has taming's names and size", () => {
    const discriminator = new PatchDiscriminator();
    expect([...discriminator.namedParameters().keys()].slice(0, 9)).toEqual([
      'main.0.weight',
      'main.0.bias',
      'main.2.weight',
      'main.3.weight',
      'main.3.bias',
      'main.3.running_mean',
      'main.3.running_var',
      'main.3.num_batches_tracked',
      'main.5.weight',
    ]);
    let trained = 0;
    for (const { size } of discriminator.trainableParameters().values()) trained += size;
    expect(trained).toBe(2_765_633);
  });

  it('gives a logit a patch, and starts as published', async () => {
    const discriminator = new PatchDiscriminator(
      { input_nc: 1, ndf: 8, n_layers: 2 },
      { random: new Random(3) },
    );
    const shape = tf.tidy(() => discriminator.forward(tf.zeros([2, 32, 24, 1])).shape);
    expect(shape).toEqual([2, 6, 4, 1]);
    const state = await discriminator.stateDict();
    const deviation = (values: Float32Array, mean: number) =>
      Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    expect(deviation(state['main.5.weight'].data, 0)).toBeCloseTo(0.02, 3);
    expect(deviation(state['main.6.weight'].data, 1)).toBeCloseTo(0.02, 2);
    expect(state['main.6.weight'].data.every((v) => v > 0.9)).toBe(true);
    discriminator.dispose();
  });

  it('refuses what it has not, and pictures with no patch', () => {
    expect(() => new PatchDiscriminator({ use_actnorm: true })).toThrow(ConfigurationError);
    expect(() => new PatchDiscriminator({ ndf: 0 })).toThrow(/ndf is 0/);
    const discriminator = new PatchDiscriminator({ input_nc: 1, ndf: 2, n_layers: 3 });
    expect(() => discriminator.forward(tf.zeros([1, 16, 32, 1]))).toThrow(ShapeError);
    expect(() => discriminator.forward(tf.zeros([1, 32, 32, 3]))).toThrow(ShapeError);
    discriminator.dispose();
  });
});
