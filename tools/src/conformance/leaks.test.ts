import * as tf from '@tensorflow/tfjs-core';
import {
  discriminatorLoss,
  PatchDiscriminator,
  Random,
  type VqModelLoss,
  vqModelLoss,
} from '@visual-echoes/core';
import {
  AdamW,
  constantRate,
  descend,
  EmaCodebook,
  Muon,
  runTraining,
  train,
  WeightEma,
} from '@visual-echoes/core/training';
import { maskBatch } from '@visual-echoes/masked-transformer';
import { sample } from '@visual-echoes/sampler';
import { ImageTokenizer } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { ENGINES, onEngine, whyMissing } from './engines.js';
import { randomCanvases, tinyTransformer, tinyVqConfiguration } from './model-cases.js';

const STEPS = 200;

interface Memory {
  tensors: number;
  bytes: number;
}

const memory = (): Memory => {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, bytes: numBytes };
};

const tinyTokenizer = () =>
  new ImageTokenizer(
    tinyVqConfiguration({ height: 16, width: 16, channels: 1, multipliers: [1, 2], attention: [8] }),
    { width: 14, height: 14, channels: 1 },
  );

/** Memory after every step of a training with all that `train` can do. */
async function trainTokenizer(): Promise<Memory[]> {
  const tokenizer = tinyTokenizer();
  const { model } = tokenizer;
  const optimizer = new AdamW(model.trainableParameters());
  const codebook = new EmaCodebook(model.quantize);
  const ema = new WeightEma(model.trainableParameters(), { decay: 0.9 });
  const seen: Memory[] = [];
  let batch: VqModelLoss;
  await train({
    module: model,
    optimizer,
    steps: STEPS,
    learningRate: constantRate(1e-3),
    clipNorm: 1,
    ema,
    state: { codebook },
    loss: (_, random) => {
      const x = tf.tensor4d(random.uniforms(256, -1, 1), [1, 16, 16, 1]);
      batch = vqModelLoss(model, x, { codebookLoss: 'commitment' });
      tf.keep(batch.vectors);
      tf.keep(batch.indices);
      return batch;
    },
    afterStep: async (_, random) => {
      const revived = await codebook.update(batch.vectors, batch.indices, random);
      tf.dispose([batch.vectors, batch.indices]);
      return { revived };
    },
    validate: { every: 10, run: async () => ({ weights: (await tokenizer.stateDict()) ? 1 : 0 }) },
    checkpoints: { every: 3, store: { save: async () => {}, load: async () => undefined } },
    onProgress: () => seen.push(memory()),
  });
  for (const part of [tokenizer, optimizer, codebook, ema]) part.dispose();
  return seen;
}

/** Memory after every step of a VQGAN and its discriminator. */
async function trainAdversaries(): Promise<Memory[]> {
  const { model } = tinyTokenizer();
  const discriminator = new PatchDiscriminator({ input_nc: 1, ndf: 2, n_layers: 2 });
  const [ours, theirs] = [model.trainableParameters(), discriminator.trainableParameters()];
  const optimizers = { ours: new AdamW(ours), theirs: new AdamW(theirs) };
  const seen: Memory[] = [];
  const run = async (_: number, random: Random) => {
    const x = tf.tensor4d(random.uniforms(256, -1, 1), [1, 16, 16, 1]);
    let decoded: tf.Tensor4D | undefined;
    const { loss } = await descend({
      parameters: ours,
      optimizer: optimizers.ours,
      learningRate: 1e-3,
      clipNorm: 1,
      loss: () => {
        const result = vqModelLoss(model, x, { adversary: { discriminator } });
        decoded = tf.keep(tf.clone(result.decoded));
        return result;
      },
    });
    await descend({
      parameters: theirs,
      optimizer: optimizers.theirs,
      learningRate: 1e-3,
      loss: () => discriminatorLoss(discriminator, x, decoded!),
    });
    tf.dispose([x, decoded!]);
    return { loss, learningRate: 1e-3 };
  };
  await runTraining(
    { modules: { model, discriminator }, optimizers, run },
    { steps: STEPS, onProgress: () => seen.push(memory()) },
  );
  for (const part of [model, discriminator, optimizers.ours, optimizers.theirs]) part.dispose();
  return seen;
}

async function trainTransformer(): Promise<Memory[]> {
  const random = new Random(1);
  const model = tinyTransformer(random);
  const canvases = randomCanvases(model, 3, random);
  const optimizer = new Muon(model.trainableParameters(), {
    orthogonalizes: (name) => name.includes('blocks.'),
  });
  const seen: Memory[] = [];
  await train({
    module: model,
    optimizer,
    steps: STEPS,
    learningRate: constantRate(1e-3),
    clipNorm: 3,
    loss: (_, random) => model.loss(maskBatch(model.fields, canvases, {}, random), { random }),
    onProgress: () => seen.push(memory()),
  });
  model.dispose();
  optimizer.dispose();
  return seen;
}

/** Memory after every picture → tokens → picture. */
async function tokenize(): Promise<Memory[]> {
  const tokenizer = tinyTokenizer();
  const picture = { width: 14, height: 14, channels: 1 as const, data: new Uint8Array(196).fill(9) };
  const seen: Memory[] = [];
  for (let i = 0; i < STEPS; i++) {
    await tokenizer.decode(await tokenizer.encode([picture, picture]));
    seen.push(memory());
  }
  tokenizer.dispose();
  return seen;
}

/** Memory after every guided sampling. */
async function generate(): Promise<Memory[]> {
  const random = new Random(2);
  const model = tinyTransformer(random);
  const [known] = randomCanvases(model, 1, random);
  const canvas = { ...known, audio: new Int32Array(10).fill(-1) };
  const seen: Memory[] = [];
  for (let i = 0; i < STEPS; i++) {
    await sample(model, { canvases: [canvas], steps: 2, guidance: { scale: 2 }, seed: i });
    seen.push(memory());
  }
  model.dispose();
  return seen;
}

// Not on cpu, which takes a minute for one of these trainings.
for (const engine of ENGINES.filter((name) => name !== 'cpu')) {
  const reason = await whyMissing(engine);
  describe.skipIf(reason)(`tensors and bytes on ${engine}`, () => {
    it.each([
      ['training steps of a tokenizer', trainTokenizer],
      ['training steps of a tokenizer against a discriminator', trainAdversaries],
      ['training steps of a transformer', trainTransformer],
      ['pictures through a tokenizer', tokenize],
      ['samplings', generate],
    ])(
      `after ${STEPS} %s are as after the first, and all go at the end`,
      async (_, run) => {
        await onEngine(engine, async () => {
          const before = memory();
          const seen = await run();
          expect(seen).toHaveLength(STEPS);
          expect(seen[0].tensors).toBeGreaterThan(before.tensors);
          expect(seen[STEPS - 1]).toEqual(seen[0]);
          expect(memory()).toEqual(before);
        });
      },
      300_000,
    );
  });
}
