import * as tf from '@tensorflow/tfjs-core';
import {
  type Gradients,
  memoryShape,
  type StateTensor,
  toFile,
  toMemory,
  valueAndGradients,
} from '@visual-echoes/core';
import { AdamW, clipGradientNorm } from '@visual-echoes/core/training';
import {
  fromMageConfiguration,
  type MageConfiguration,
  type MaskedBatch,
  MaskedTransformer,
} from '@visual-echoes/masked-transformer';
import { compareFloats, failed, GRADIENT_LIMIT, LIMIT, largest, type Row } from './compare.js';
import { type ReferenceFolder, required } from './reference-folder.js';

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
  const least = 1e-4 * Math.max(...[...references.values()].map(({ data }) => largest(data)));

  const { value, gradients } = valueAndGradients(() => model.loss(batch).loss, parameters);
  for (const [name, reference] of references) {
    const parameter = parameters.get(name);
    if (!parameter) {
      rows.push(failed(`grad.${name}`, GRADIENT_LIMIT, 'not a weight of this model'));
      continue;
    }
    const inMemory = (await gradients.get(name)!.data()) as Float32Array;
    const ours = toFile(inMemory, parameter.shape, parameter.layout);
    rows.push(compareFloats(`grad.${name}`, ours, reference, { limit: GRADIENT_LIMIT, least }));
  }
  const own = clipGradientNorm(gradients, clip);
  const norm = await own.norm.data<'float32'>();
  rows.push(compareFloats('grad_norm', norm, required(folder, 'grad_norm'), { limit: GRADIENT_LIMIT }));
  tf.dispose([value, own.norm, ...own.clipped.values()]);

  // The optimizer on the reference's own gradients, since Adam makes a whole step of a tiny one's rounding.
  const given: Gradients = new Map();
  for (const [name, { data }] of references) {
    const { shape, layout } = parameters.get(name) ?? {};
    if (shape && layout)
      given.set(name, tf.tensor(toMemory(data, shape, layout), memoryShape(shape, layout)));
  }
  const { clipped, norm: givenNorm } = clipGradientNorm(given, clip);
  const optimizer = new AdamW(parameters, { betas: [0.9, 0.95], weightDecay: weight_decay });
  optimizer.step(clipped, lr);
  tf.dispose([givenNorm, ...clipped.values()]);
  for (const [name, reference] of pick(folder, 'after.')) {
    const parameter = parameters.get(name);
    // What the authors carry along and never train, such as a list of positions.
    if (!parameter && isUnchanged(reference, folder.weights[name])) continue;
    rows.push(
      parameter
        ? compareFloats(`after.${name}`, await parameter.data(), reference)
        : failed(`after.${name}`, LIMIT, 'not a weight of this model'),
    );
  }
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

/** The entries of `io.safetensors` under a prefix, without it. */
function pick({ io }: ReferenceFolder, prefix: string): Map<string, StateTensor> {
  const found = Object.entries(io).filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

const isUnchanged = (after: StateTensor, before?: StateTensor) =>
  before !== undefined && after.data.every((value, i) => value === before.data[i]);

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
