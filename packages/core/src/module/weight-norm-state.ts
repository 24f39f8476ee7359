import type { StoredTensors } from '../checkpoint/checkpoint.js';
import type { StateDict } from './state-dict.js';

const NEWER: readonly [RegExp, string][] = [
  [/(^|\.)parametrizations\.weight\.original0$/, '$1weight_g'],
  [/(^|\.)parametrizations\.weight\.original1$/, '$1weight_v'],
];

/** Tensors with the newer names of weight norms in PyTorch (`parametrizations.weight.original0`) as the older. */
export function weightNormNames<Tensor>(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const rename = (name: string) =>
    NEWER.reduce((renamed, [pattern, older]) => renamed.replace(pattern, older), name);
  return new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
}

/**
 * A state dict whose weight norms are folded: `weight_g` and `weight_v` become `weight`, g·v / ‖v‖ with a norm for each
 * entry of the first axis (Salimans and Kingma, 2016). A network computes the same with it and faster; nothing else
 * changes.
 */
export function foldWeightNorm(state: StateDict): StateDict {
  const folded = replaceNorms(new Map(Object.entries(state)), (g, v) => ({
    shape: v.shape,
    data: fold(g.data, v.data, v.shape[0]),
  }));
  return Object.fromEntries(folded);
}

/** The same of tensors in a file, which are folded when they are read. */
export function foldStoredWeightNorm(tensors: StoredTensors): StoredTensors {
  return replaceNorms(tensors, (g, v) => ({
    shape: v.shape,
    read: async () => fold(await g.read(), await v.read(), v.shape[0]),
  }));
}

function replaceNorms<Tensor>(
  tensors: ReadonlyMap<string, Tensor>,
  fold: (g: Tensor, v: Tensor) => Tensor,
): Map<string, Tensor> {
  const named = weightNormNames(tensors);
  const folded = new Map<string, Tensor>();
  for (const [name, tensor] of named) {
    const stem = /^(.*\bweight)_[gv]$/.exec(name)?.[1];
    const [g, v] = [named.get(`${stem}_g`), named.get(`${stem}_v`)];
    if (!stem || !g || !v) folded.set(name, tensor);
    else if (!folded.has(stem)) folded.set(stem, fold(g, v));
  }
  return folded;
}

function fold(g: Float32Array, v: Float32Array, rows: number): Float32Array {
  const columns = v.length / rows;
  const folded = new Float32Array(v.length);
  for (let row = 0; row < rows; row++) {
    const part = v.subarray(row * columns, (row + 1) * columns);
    const scale = g[row] / Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    part.forEach((value, i) => {
      folded[row * columns + i] = value * scale;
    });
  }
  return folded;
}
