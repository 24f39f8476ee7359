import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { Random } from '../random.js';
import { AdamW, descend } from '../training/index.js';
import type { VqModelConfiguration } from './configuration.js';
import { LabelHead } from './label-head.js';
import { VqModel } from './vq-model.js';
import { vqEncoderLoss, vqModelLoss } from './vq-model-loss.js';

beforeAll(() => tf.setBackend('cpu'));

const configuration: VqModelConfiguration = {
  ddconfig: {
    ...{ double_z: false, z_channels: 2, resolution: 4, in_channels: 1, out_ch: 1, ch: 2, ch_mult: [1, 1] },
    ...{ num_res_blocks: 1, attn_resolutions: [], dropout: 0, norm_groups: 2 },
  },
  n_embed: 8,
  embed_dim: 4,
};
const model = () => new VqModel(configuration, { random: new Random(1) });
const head = () => new LabelHead({ dimension: 4, hidden: 8, labels: 2, random: new Random(2) });

/** Bright pictures and dark ones. */
const pictures = () => {
  const random = new Random(3);
  const values = Array.from({ length: 4 }, (_, i) => random.uniforms(16, i % 2, i % 2 ? 0.2 : -0.8));
  return tf.tensor4d(
    values.flatMap((one) => [...one]),
    [4, 4, 4, 1],
  );
};
const labels = () => tf.tensor1d([0, 1, 0, 1], 'int32');

it('teaches an encoder alone to tell labels', async () => {
  const network = model();
  const reader = head();
  const [x, targets] = [pictures(), labels()];
  const before = await network.stateDict();
  const parameters = new Map([...network.trainableParameters(), ...reader.trainableParameters()]);
  const encoder = new Map([...parameters].filter(([name]) => !/^(decoder|post_quant_conv)\./.test(name)));
  const optimizer = new AdamW(encoder, {});
  const losses: number[] = [];
  for (let step = 0; step < 12; step++) {
    const { metrics } = await descend({
      ...{ parameters: encoder, optimizer, learningRate: 0.03 },
      loss: () => vqEncoderLoss(network, x, { head: reader, labels: targets, weight: 1 }),
    });
    losses.push(metrics['label']);
  }
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.1);
  const after = await network.stateDict();
  const changed = Object.keys(before).filter((name) => before[name].data.join() !== after[name].data.join());
  expect(changed.some((name) => name.startsWith('encoder.'))).toBe(true);
  expect(changed.some((name) => name.startsWith('decoder.'))).toBe(false);
});

it('adds its cross-entropy, weighed, to the loss of a VQGAN', async () => {
  const network = model();
  const number = async (tensor: tf.Scalar) => (await tensor.data())[0];
  const plain = vqModelLoss(network, pictures());
  const reading = { head: head(), labels: labels(), weight: 0.25 };
  const both = vqModelLoss(network, pictures(), { reading });
  expect(plain.metrics.label).toBeUndefined();
  expect(await number(both.loss)).toBeCloseTo(
    (await number(plain.loss)) + 0.25 * (await number(both.metrics.label!)),
    5,
  );
});
