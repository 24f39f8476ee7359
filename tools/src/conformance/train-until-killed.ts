// A training of a tiny model, to be killed: node train-until-killed.js BACKEND MODEL STATE_FILE
// Writes a line a step, its number and the bits of its loss as a float32, so that nothing is lost in printing.
import { writeSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import {
  discriminatorLoss,
  PatchDiscriminator,
  Random,
  VqModel,
  type VqModelLoss,
  vqModelLoss,
} from '@visual-echoes/core';
import { FileCheckpointStore } from '@visual-echoes/core/node';
import {
  AdamW,
  descend,
  EmaCodebook,
  type LearningRate,
  Muon,
  type RunTrainingOptions,
  runTraining,
  type TrainingStep,
  type TrainOptions,
  train,
  WeightEma,
  warmupCosine,
} from '@visual-echoes/core/training';
import { maskBatch } from '@visual-echoes/masked-transformer';
import { randomCanvases, tinyTransformer, tinyVqConfiguration } from './model-cases.js';

type Task = Pick<TrainOptions, 'module' | 'loss' | 'afterStep' | 'state' | 'optimizer'>;

const adamW = { weightDecay: 0.05 };

function tokenizer(): Task {
  const size = { height: 8, width: 8, channels: 1, multipliers: [1, 2], attention: [4] };
  const model = new VqModel(tinyVqConfiguration(size), { random: new Random(1) });
  const codebook = new EmaCodebook(model.quantize, { decay: 0.9 });
  let last: VqModelLoss;
  return {
    module: model,
    optimizer: new AdamW(model.trainableParameters(), adamW),
    state: { codebook },
    loss: (_, random) => {
      const pictures = tf.tensor4d(random.uniforms(2 * 64, -1, 1), [2, 8, 8, 1]);
      last = vqModelLoss(model, pictures, { codebookLoss: 'commitment' });
      tf.keep(last.vectors);
      tf.keep(last.indices);
      return last;
    },
    afterStep: async (_, random) => {
      const revived = await codebook.update(last.vectors, last.indices, random);
      tf.dispose([last.vectors, last.indices]);
      return { revived };
    },
  };
}

function transformer(): Task {
  const model = tinyTransformer(new Random(1));
  const canvases = randomCanvases(model, 4, new Random(2));
  return {
    module: model,
    optimizer: new Muon(model.trainableParameters(), {
      orthogonalizes: (name) => name.includes('blocks.'),
      adamW,
    }),
    loss: (_, random) => model.loss(maskBatch(model.fields, canvases, {}, random), { random }),
  };
}

/** A VQGAN and its discriminator, which joins late. */
function adversaries(learningRate: LearningRate): TrainingStep & { ema: WeightEma } {
  const size = { height: 16, width: 16, channels: 1, multipliers: [1, 2], attention: [] };
  const model = new VqModel(tinyVqConfiguration(size), { random: new Random(1) });
  const discriminator = new PatchDiscriminator(
    { input_nc: 1, ndf: 4, n_layers: 2 },
    { random: new Random(2) },
  );
  const ours = model.trainableParameters();
  const theirs = discriminator.trainableParameters();
  const optimizer = new AdamW(ours, adamW);
  const rival = new AdamW(theirs, { betas: [0.5, 0.9], weightDecay: 0 });
  return {
    modules: { model, discriminator },
    optimizers: { optimizer, 'discriminator.optimizer': rival },
    ema: new WeightEma(ours),
    run: async (step, random) => {
      const pictures = tf.tensor4d(random.uniforms(2 * 256, -1, 1), [2, 16, 16, 1]);
      const rate = learningRate(step);
      let decoded: tf.Tensor4D | undefined;
      const { loss } = await descend({
        parameters: ours,
        optimizer,
        learningRate: rate,
        clipNorm: 1,
        loss: () => {
          const result = vqModelLoss(model, pictures, {
            adversary: step > 10 ? { discriminator } : undefined,
          });
          decoded = tf.keep(tf.clone(result.decoded));
          return result;
        },
      });
      if (step > 10) {
        await descend({
          parameters: theirs,
          optimizer: rival,
          learningRate: rate,
          loss: () => discriminatorLoss(discriminator, pictures, decoded!),
        });
      }
      tf.dispose([pictures, decoded!]);
      return { loss, learningRate: rate };
    },
  };
}

const [backend, name, path] = process.argv.slice(2);
await selectBackend({ prefer: backend as BackendName, selfCheck: false });
const steps = 80;
const learningRate = warmupCosine({ base: 3e-3, warmup: 5, total: steps });
const options: RunTrainingOptions = {
  steps,
  seed: 5,
  checkpoints: { store: new FileCheckpointStore(path), every: 4 },
  onProgress: ({ step, loss }) => {
    const bits = new Uint32Array(Float32Array.of(loss).buffer)[0];
    writeSync(1, `${step} ${bits.toString(16)}\n`);
  },
};
if (name === 'adversaries') {
  const { ema, ...step } = adversaries(learningRate);
  await runTraining(step, { ...options, ema });
} else {
  const task = name === 'tokenizer' ? tokenizer() : transformer();
  const ema = new WeightEma(task.module.trainableParameters());
  await train({ ...task, ...options, ema, learningRate, clipNorm: 1 });
}
