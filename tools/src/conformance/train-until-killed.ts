// A training of a tiny model, to be killed: node train-until-killed.js BACKEND MODEL STATE_FILE
// Writes a line a step, its number and the bits of its loss as a float32, so that nothing is lost in printing.
import { writeSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { Random, VqModel, type VqModelLoss, vqModelLoss } from '@visual-echoes/core';
import { FileCheckpointStore } from '@visual-echoes/core/node';
import {
  AdamW,
  EmaCodebook,
  Muon,
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

const [backend, name, path] = process.argv.slice(2);
await selectBackend({ prefer: backend as BackendName, selfCheck: false });
const task = name === 'tokenizer' ? tokenizer() : transformer();
const steps = 80;
await train({
  ...task,
  steps,
  seed: 5,
  ema: new WeightEma(task.module.trainableParameters()),
  learningRate: warmupCosine({ base: 3e-3, warmup: 5, total: steps }),
  clipNorm: 1,
  checkpoints: { store: new FileCheckpointStore(path), every: 4 },
  onProgress: ({ step, loss }) => {
    const bits = new Uint32Array(Float32Array.of(loss).buffer)[0];
    writeSync(1, `${step} ${bits.toString(16)}\n`);
  },
});
