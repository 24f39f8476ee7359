import '@tensorflow/tfjs-backend-cpu';
import '@visual-echoes/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { Random, valueAndGradients } from '@visual-echoes/core';
import { AdamW, descend } from '@visual-echoes/core/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { fieldLosses, MaskedTransformer, maskBatch, splitBatch } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

const fields = [
  { name: 'image', grid: [2, 3], vocabulary: 7 },
  { name: 'audio', grid: [1, 5], vocabulary: 5 },
  { name: 'label', grid: [1, 1], vocabulary: 3 },
] as const;
const makeModel = () =>
  new MaskedTransformer(
    {
      fields,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      decoderEmbedDim: 8,
      decoderDepth: 1,
      decoderNumHeads: 2,
      dropout: 0,
    },
    { random: new Random(3), embeddingDeviation: 0.5 },
  );

/** Seven samples, of which two have no label, so that the parts ask unequal numbers of each field. */
const random = new Random(1);
const canvases = Array.from({ length: 7 }, (_, i) => ({
  image: Int32Array.from({ length: 6 }, () => random.integer(7)),
  audio: Int32Array.from({ length: 5 }, () => random.integer(5)),
  label: Int32Array.of(i < 2 ? -1 : random.integer(3)),
}));
const batch = maskBatch(
  fields,
  canvases,
  { fields: { image: { visible: 0.4 }, label: { masked: 1, weight: 0.3 } } },
  new Random(2),
);

describe('splitBatch', () => {
  it('keeps all samples in their order', () => {
    const parts = splitBatch(batch, 3);
    expect(parts.map(({ size }) => size)).toEqual([2, 2, 3]);
    expect(parts.flatMap(({ tokens }) => [...tokens])).toEqual([...batch.tokens]);
    expect(parts.flatMap(({ masked }) => [...masked])).toEqual([...batch.masked]);
    expect(parts.flatMap(({ dropped }) => [...dropped])).toEqual([...batch.dropped]);
    expect(splitBatch(batch, 1)).toEqual([batch]);
    expect(() => splitBatch(batch, 8)).toThrow(/7 samples cannot be cut into 8/);
  });

  it('gives parts whose losses and gradients add up to those of the whole', () => {
    const model = makeModel();
    const parameters = model.trainableParameters();
    const run = (parts: number) => {
      const sums = new Map<string, Float32Array>();
      let loss = 0;
      for (const part of splitBatch(batch, parts)) {
        const { value, gradients } = valueAndGradients(
          () => model.loss(part, { whole: batch }).loss,
          parameters,
        );
        loss += value.dataSync()[0];
        for (const [name, gradient] of gradients) {
          const values = gradient.dataSync() as Float32Array;
          const before = sums.get(name);
          sums.set(name, before ? before.map((x, i) => x + values[i]) : values.slice());
          gradient.dispose();
        }
        value.dispose();
      }
      return { loss, sums };
    };
    const whole = run(1);
    const alone = tf.tidy(() => model.loss(batch).loss.dataSync()[0]);
    expect(whole.loss).toBe(alone); // told of itself, a batch is as it is
    for (const parts of [2, 3, 7]) {
      const { loss, sums } = run(parts);
      expect(loss).toBeCloseTo(whole.loss, 5);
      for (const [name, expected] of whole.sums) {
        const furthest = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - sums.get(name)![i])), 0);
        // Of gradients up to 1; float32 sums in another order.
        expect(furthest, `${name} in ${parts} parts`).toBeLessThan(1e-5);
      }
    }
    model.dispose();
  });

  it('trains by parts as by the whole, and leaves no tensor behind', async () => {
    const trained = async (parts: number) => {
      const model = makeModel();
      const parameters = model.trainableParameters();
      const optimizer = new AdamW(parameters, { betas: [0.9, 0.95] });
      const losses: unknown[] = [];
      for (let step = 0; step < 4; step++) {
        const before = tf.memory().numTensors;
        const descent = await descend({
          parameters,
          loss: splitBatch(batch, parts).map((part) => () => model.loss(part, { whole: batch })),
          optimizer,
          learningRate: 0.01,
          clipNorm: 3,
        });
        if (step > 0) expect(tf.memory().numTensors).toBe(before);
        losses.push(descent.loss, ...Object.values(descent.metrics), descent.gradientNorm);
      }
      optimizer.dispose();
      model.dispose();
      return losses as number[];
    };
    const [whole, parted] = [await trained(1), await trained(4)];
    whole.forEach((loss, i) => expect(parted[i]).toBeCloseTo(loss, 4));
  });
});

describe('fieldLosses', () => {
  it('weighs the parts of a batch by what they ask', async () => {
    const model = makeModel();
    const [all, byTwo] = [await fieldLosses(model, batch), await fieldLosses(model, batch, { batchSize: 2 })];
    const metrics = tf.tidy(() =>
      Object.entries(model.loss(batch, { labelSmoothing: 0 }).metrics).map(
        ([name, loss]) => [name, loss.dataSync()[0]] as const,
      ),
    );
    expect(all).toEqual(Object.fromEntries(metrics));
    for (const [name, loss] of metrics) expect(byTwo[name]).toBeCloseTo(loss, 5);
    model.dispose();
  });
});
