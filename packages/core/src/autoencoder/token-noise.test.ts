import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { Random } from '../random.js';
import { withTokenNoise } from './token-noise.js';

beforeAll(() => tf.setBackend('cpu'));

const [batch, size] = [8, 36];
const codes = () =>
  tf.tensor4d(
    Float32Array.from({ length: batch * size }, (_, i) => i),
    [batch, 6, 6, 1],
  );

it('replaces up to the share of each sample’s tokens by tokens of the batch', () => {
  const noisy = withTokenNoise(codes(), { share: 0.5, random: new Random(1) }).dataSync();
  const replaced = Array.from({ length: batch }, (_, sample) => {
    const own = noisy.subarray(sample * size, (sample + 1) * size);
    return own.filter((value, i) => value !== sample * size + i).length;
  });
  const whole = new Set(codes().dataSync());
  expect(noisy.every((value) => whole.has(value))).toBe(true);
  expect(Math.max(...replaced)).toBeLessThan(0.8 * size);
  // A quarter on average: 72 of 288, give or take their own shares' spread.
  const total = replaced.reduce((a, b) => a + b, 0);
  expect(total).toBeGreaterThan(30);
  expect(total).toBeLessThan(115);
});

it('lets the gradient through to the tokens that stay', () => {
  const gradient = tf.grad((x) =>
    tf.sum(withTokenNoise(x as tf.Tensor4D, { share: 0.5, random: new Random(1) })),
  )(codes());
  const noisy = withTokenNoise(codes(), { share: 0.5, random: new Random(1) }).dataSync();
  gradient.dataSync().forEach((slope, i) => {
    if (noisy[i] !== i) expect(slope).toBe(0);
  });
  expect(tf.sum(gradient).dataSync()[0]).toBeGreaterThan(batch * size * 0.5);
});

it('leaves all as it is where the share is 0', () => {
  expect(withTokenNoise(codes(), { share: 0, random: new Random(1) }).dataSync()).toEqual(codes().dataSync());
});
