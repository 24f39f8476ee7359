import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, Random, valueAndGradients } from '@visual-echoes/core';
import { AdamW } from '@visual-echoes/core/training';
import { beforeAll, expect, it } from 'vitest';
import { MaskedTransformer, maskBatch, measureConditionLinks } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

const fields = [
  { name: 'picture', grid: [1, 2], vocabulary: 4 },
  { name: 'label', grid: [1, 1], vocabulary: 4 },
  { name: 'noise', grid: [1, 1], vocabulary: 4 },
] as const;

it('finds the link that there is, and none where there is none', async () => {
  const random = new Random(2);
  const draw = (): Canvas => {
    const label = random.integer(4);
    return {
      picture: Int32Array.from([label, random.integer(4)]),
      label: Int32Array.from([label]),
      noise: Int32Array.from([random.integer(4)]),
    };
  };
  const model = new MaskedTransformer({
    fields,
    embedDim: 16,
    depth: 1,
    numHeads: 2,
    decoderEmbedDim: 16,
    decoderDepth: 1,
    decoderNumHeads: 2,
    dropout: 0,
  });
  const samples = Array.from({ length: 40 }, draw);
  for (const { link } of await measureConditionLinks(model, samples))
    expect(Math.abs(link)).toBeLessThan(0.1);

  const optimizer = new AdamW(model.trainableParameters());
  const masking = { dropShare: 0, fields: { picture: { visible: 0.5 }, label: { visible: 0.3 } } };
  for (let step = 0; step < 60; step++) {
    const batch = maskBatch(fields, Array.from({ length: 32 }, draw), masking, random);
    const { value, gradients } = valueAndGradients(
      () => model.loss(batch, { random, tableGradient: true }).loss,
      model.trainableParameters(),
    );
    optimizer.step(gradients, 0.01);
    tf.dispose([value, ...gradients.values()]);
  }
  const before = tf.memory().numTensors;
  const links = await measureConditionLinks(model, samples, { batchSize: 16 });
  expect(tf.memory().numTensors).toBe(before);
  const of = (given: string, asked: string) =>
    links.find((link) => link.given === given && link.asked === asked)!;
  expect(links).toHaveLength(6);
  // The label fixes one of the picture's two tokens, of ln 4 nats each.
  expect(of('picture', 'label').link).toBeGreaterThan(1);
  expect(of('label', 'picture').link).toBeGreaterThan(0.4);
  expect(Math.abs(of('noise', 'picture').link)).toBeLessThan(0.2);
  await expect(measureConditionLinks(model, samples.slice(1, 2))).rejects.toThrow(/at least two/);
  optimizer.dispose();
  model.dispose();
}, 120_000);
