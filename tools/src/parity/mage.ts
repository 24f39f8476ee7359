import * as tf from '@tensorflow/tfjs-core';
import { type StateTensor, valueAndGradients } from '@visual-echoes/core';
import { AdamW, clipGradientNorm } from '@visual-echoes/core/training';
import {
  fromMageConfiguration,
  type MageConfiguration,
  type MaskedBatch,
  MaskedTransformer,
} from '@visual-echoes/masked-transformer';
import { compareFloats, failed, GRADIENT_LIMIT, LIMIT, type Row } from './compare.js';
import { type ReferenceFolder, required } from './reference-folder.js';
import { compareAfter, compareGradients, givenGradients, pick, read } from './training-step.js';

/** MAGE's forward pass and loss, dropout off. */
export async function compareMage(folder: ReferenceFolder): Promise<Row[]> {
  const { model, batch } = load(folder);
  const rows = await compareForward(folder, model, batch);
  model.dispose();
  return rows;
}

/** One training step of MAGE: forward pass, gradients, their norm, and what the optimizer makes of given gradients. */
export async function compareMageTrainingStep(folder: ReferenceFolder): Promise<Row[]> {
  const { model, batch } = load(folder);
  const { lr, clip, weight_decay = 0.05 } = folder.configuration as Record<string, number>;
  const rows = await compareForward(folder, model, batch);
  const parameters = model.trainableParameters();
  const references = pick(folder, 'grad.');

  const { value, gradients } = valueAndGradients(() => model.loss(batch).loss, parameters);
  rows.push(...(await compareGradients(folder, parameters, gradients)));
  const own = clipGradientNorm(gradients, clip);
  const norm = await own.norm.data<'float32'>();
  rows.push(compareFloats('grad_norm', norm, required(folder, 'grad_norm'), { limit: GRADIENT_LIMIT }));
  tf.dispose([value, own.norm, ...own.clipped.values()]);

  const { clipped, norm: givenNorm } = clipGradientNorm(givenGradients(references, parameters), clip);
  const optimizer = new AdamW(parameters, { betas: [0.9, 0.95], weightDecay: weight_decay });
  optimizer.step(clipped, lr);
  tf.dispose([givenNorm, ...clipped.values()]);
  rows.push(...(await compareAfter(pick(folder, 'after.'), parameters, folder.weights)));
  const after = await read(tf.tidy(() => model.loss(batch).loss));
  rows.push(compareFloats('loss_after', after, required(folder, 'loss_after'), { limit: GRADIENT_LIMIT }));
  optimizer.dispose();
  model.dispose();
  return rows;
}

function load(folder: ReferenceFolder): { model: MaskedTransformer; batch: MaskedBatch } {
  const model = new MaskedTransformer(
    fromMageConfiguration(folder.configuration as unknown as MageConfiguration),
  );
  model.loadStateDict(folder.weights);
  const codes = required(folder, 'gt');
  // `drop` and `mask` begin with the class token, which is neither.
  const withoutClassToken = ({ shape: [, length], data }: StateTensor) =>
    Uint8Array.from(data).filter((_, i) => i % length !== 0);
  return {
    model,
    batch: {
      size: codes.shape[0],
      tokens: Int32Array.from(codes.data),
      masked: withoutClassToken(required(folder, 'mask')),
      dropped: withoutClassToken(required(folder, 'drop')),
      weights: {},
    },
  };
}

async function compareForward(
  folder: ReferenceFolder,
  model: MaskedTransformer,
  batch: MaskedBatch,
): Promise<Row[]> {
  const compute: Record<string, () => tf.Tensor> = {
    encoded: () => model.encode(batch),
    logits: () => model.forward(batch),
    loss: () => model.loss(batch).loss,
  };
  const rows: Row[] = [];
  for (const [name, run] of Object.entries(compute)) {
    if (Object.hasOwn(folder.io, name))
      rows.push(compareFloats(name, await read(tf.tidy(run)), folder.io[name]));
  }
  const known = ['input_ids', 'drop', 'mask', 'gt', 'grad_norm', 'loss_after', ...Object.keys(compute)];
  for (const name of Object.keys(folder.io)) {
    if (!known.includes(name) && !/^(grad|after)\./.test(name)) {
      rows.push(failed(name, LIMIT, 'not an output of this model'));
    }
  }
  return rows;
}
