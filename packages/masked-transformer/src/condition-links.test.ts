import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type MaskedBatch, MaskedTransformer, measureConditionLinks } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

const fields = [
  { name: 'picture', grid: [1, 2], vocabulary: 40 },
  { name: 'label', grid: [1, 1], vocabulary: 40 },
  { name: 'noise', grid: [1, 1], vocabulary: 40 },
] as const;

/** Forty samples of forty labels; the picture's first token is the label. */
const random = new Random(2);
const samples = Array.from({ length: 40 }, (_, label) => ({
  picture: Int32Array.from([label, random.integer(40)]),
  label: Int32Array.from([label]),
  noise: Int32Array.from([random.integer(40)]),
}));

/** Knows that picture and label belong together: a loss of 1 where they do, of 3 where they do not, 2 in the dark. */
const stub = {
  fields,
  loss: ({ size, tokens, masked }: MaskedBatch) => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const seen = masked[i * 4] === 0 || masked[i * 4 + 2] === 0;
      sum += !seen ? 2 : tokens[i * 4] === tokens[i * 4 + 2] ? 1 : 3;
    }
    const mean = tf.scalar(sum / size);
    const asked = fields.filter((_, i) => masked[[0, 2, 3][i]] === 1).map(({ name }) => name);
    return { loss: mean, metrics: Object.fromEntries(asked.map((name) => [name, tf.clone(mean)])) };
  },
};

describe('measureConditionLinks', () => {
  it('compares every field given each other, right and shuffled', async () => {
    const links = await measureConditionLinks(stub, samples, { batchSize: 16 });
    expect(links.map(({ given, asked }) => `${given} → ${asked}`)).toEqual([
      'picture → label',
      'picture → noise',
      'label → picture',
      'label → noise',
      'noise → picture',
      'noise → label',
    ]);
    // Forty different labels: no sample may have been given its own again.
    expect(links[0]).toMatchObject({ right: 1, shuffled: 3, link: 2 });
    expect(links[2]).toMatchObject({ right: 1, shuffled: 3, link: 2 });
    expect(links[4]).toMatchObject({ right: 2, shuffled: 2, link: 0 });
  });

  it('takes the conditions that are named', async () => {
    const links = await measureConditionLinks(stub, samples, { given: ['label'] });
    expect(new Set(links.map(({ given }) => given))).toEqual(new Set(['label']));
  });

  it('rates a model that has learnt nothing at ln V, links at 0, and leaves no tensor behind', async () => {
    const model = new MaskedTransformer({
      fields,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      decoderEmbedDim: 8,
      decoderDepth: 1,
      decoderNumHeads: 2,
    });
    await measureConditionLinks(model, samples.slice(0, 4), { given: ['label'] });
    const before = tf.memory().numTensors;
    const links = await measureConditionLinks(model, samples, { batchSize: 30 });
    expect(tf.memory().numTensors).toBe(before);
    for (const { right, link } of links) {
      expect(right).toBeCloseTo(Math.log(40), 0);
      expect(Math.abs(link)).toBeLessThan(0.05);
    }
    model.dispose();
  });

  it('needs two samples', async () => {
    await expect(measureConditionLinks(stub, samples.slice(0, 1))).rejects.toThrow(/at least two/);
  });
});
