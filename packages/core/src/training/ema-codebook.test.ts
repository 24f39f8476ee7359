import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { VectorQuantizer } from '../autoencoder/vector-quantizer.js';
import { ConfigurationError } from '../errors.js';
import { Random } from '../random.js';
import { EmaCodebook } from './ema-codebook.js';

beforeAll(() => tf.setBackend('cpu'));

const codes = [-1, 0, 1, 2];

/** Four codes of one number. */
async function quantizer(): Promise<VectorQuantizer> {
  const own = new VectorQuantizer(4, 1, { random: new Random(1) });
  own.loadStateDict({ 'embedding.weight': { shape: [4, 1], data: Float32Array.from(codes) } });
  return own;
}

const table = async ({ embedding }: VectorQuantizer) => [
  ...((await embedding.weight.value.data()) as Float32Array),
];

it('starts as a sample of the first batch', async () => {
  const own = await quantizer();
  const revived = await new EmaCodebook(own).update(
    tf.tensor2d([10, 20, 30, 40], [4, 1]),
    tf.tensor1d([3, 3, 3, 3], 'int32'),
    new Random(1),
  );
  expect(revived).toBe(4);
  for (const code of await table(own)) expect([10, 20, 30, 40]).toContain(code);
});

it('goes on from the codes that it is given, and moves them towards what they stand for', async () => {
  const own = await quantizer();
  const follower = new EmaCodebook(own, { start: 'codes', decay: 0.9 });
  const batch = () =>
    follower.update(tf.tensor2d([1.1, 1.1, 2, 2], [4, 1]), tf.tensor1d([2, 2, 3, 3], 'int32'), new Random(1));
  expect(await batch()).toBe(0);
  const [first, second, third, fourth] = await table(own);
  expect([first, second, fourth]).toEqual([-1, 0, 2].map((code) => expect.closeTo(code, 5)));
  // 0.9 of an even share of 1 at 1, and 0.1 of 2 at 1.1
  expect(third).toBeCloseTo((0.9 * 1 + 0.1 * 2 * 1.1) / (0.9 + 0.2), 5);
  await batch();
  expect((await table(own))[2]).toBeGreaterThan(third);
});

it('refuses shares that are none', async () => {
  const own = await quantizer();
  expect(() => new EmaCodebook(own, { decay: 1 })).toThrow(ConfigurationError);
});
