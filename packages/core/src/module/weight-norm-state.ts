import type { StateDict, StateTensor } from './module.js';

const NEWER: readonly [RegExp, string][] = [
  [/(^|\.)parametrizations\.weight\.original0$/, '$1weight_g'],
  [/(^|\.)parametrizations\.weight\.original1$/, '$1weight_v'],
];

/** A state dict with the newer names of weight norms in PyTorch (`parametrizations.weight.original0`) as the older. */
export function weightNormNames(state: StateDict): StateDict {
  const rename = (name: string) =>
    NEWER.reduce((renamed, [pattern, older]) => renamed.replace(pattern, older), name);
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [rename(name), tensor]));
}

/**
 * A state dict whose weight norms are folded: `weight_g` and `weight_v` become `weight`, g·v / ‖v‖ with a norm for each
 * entry of the first axis. A network computes the same with it and faster; nothing else changes.
 */
export function foldWeightNorm(state: StateDict): StateDict {
  const named = weightNormNames(state);
  const folded: StateDict = {};
  for (const [name, tensor] of Object.entries(named)) {
    const stem = /^(.*\bweight)_[gv]$/.exec(name)?.[1];
    const [g, v] = [named[`${stem}_g`], named[`${stem}_v`]];
    if (!stem || !g || !v) folded[name] = tensor;
    else folded[stem] ??= fold(g, v);
  }
  return folded;
}

function fold(g: StateTensor, v: StateTensor): StateTensor {
  const [rows] = v.shape;
  const columns = v.data.length / rows;
  const data = new Float32Array(v.data.length);
  for (let row = 0; row < rows; row++) {
    const part = v.data.subarray(row * columns, (row + 1) * columns);
    const scale = g.data[row] / Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    part.forEach((value, i) => {
      data[row * columns + i] = value * scale;
    });
  }
  return { shape: v.shape, data };
}
