import * as tf from '@tensorflow/tfjs-core';
import {
  type Gradients,
  memoryShape,
  type Parameter,
  type StateDict,
  type StateTensor,
  toFile,
  toMemory,
} from '@visual-echoes/core';
import { compareFloats, failed, GRADIENT_LIMIT, LIMIT, largest, type Row } from './compare.js';
import type { ReferenceFolder } from './reference-folder.js';

type Parameters = ReadonlyMap<string, Parameter>;
type References = ReadonlyMap<string, StateTensor>;

/** The entries of `io.safetensors` under a prefix, without it. */
export function pick({ io }: Pick<ReferenceFolder, 'io'>, prefix: string): Map<string, StateTensor> {
  const found = Object.entries(io).filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * Compares the gradients under a prefix. Each is measured by no less than 1e-4 of the largest reference in the folder:
 * a key's bias, or one before a normalization, has no gradient, and the reference's own is rounding.
 */
export async function compareGradients(
  folder: ReferenceFolder,
  parameters: Parameters,
  gradients: Gradients,
  prefix = 'grad.',
): Promise<Row[]> {
  const least = 1e-4 * Math.max(...[...pick(folder, 'grad.').values()].map(({ data }) => largest(data)));
  const rows: Row[] = [];
  for (const [name, reference] of pick(folder, prefix)) {
    const parameter = parameters.get(name);
    const gradient = gradients.get(name);
    if (!parameter || !gradient) {
      rows.push(failed(`${prefix}${name}`, GRADIENT_LIMIT, 'not a weight of this model'));
      continue;
    }
    const inMemory = (await gradient.data()) as Float32Array;
    const ours = toFile(inMemory, parameter.shape, parameter.layout);
    rows.push(compareFloats(`${prefix}${name}`, ours, reference, { limit: GRADIENT_LIMIT, least }));
  }
  return rows;
}

/** The reference's own gradients, for an optimizer: Adam makes a whole step of a tiny one's rounding. */
export function givenGradients(references: References, parameters: Parameters): Gradients {
  const given: Gradients = new Map();
  for (const [name, { data }] of references) {
    const { shape, layout } = parameters.get(name) ?? {};
    if (shape && layout)
      given.set(name, tf.tensor(toMemory(data, shape, layout), memoryShape(shape, layout)));
  }
  return given;
}

/** Compares weights after a step. */
export async function compareAfter(
  references: References,
  parameters: Parameters,
  before: StateDict,
  prefix = 'after.',
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, reference] of references) {
    const parameter = parameters.get(name);
    // What the authors carry along and never train, such as a list of positions.
    if (!parameter && isUnchanged(reference, before[name])) continue;
    rows.push(
      parameter
        ? compareFloats(`${prefix}${name}`, await parameter.data(), reference)
        : failed(`${prefix}${name}`, LIMIT, 'not a weight of this model'),
    );
  }
  return rows;
}

const isUnchanged = (after: StateTensor, before?: StateTensor) =>
  before !== undefined && after.data.every((value, i) => value === before.data[i]);

/** A tensor's values; the tensor is disposed of. */
export async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
