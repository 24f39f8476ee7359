import type { StoredTensor, StoredTensors } from './checkpoint.js';

/** The two tensors that PyTorch keeps in place of a weight under weight normalization, in its older and newer spelling. */
const SPELLINGS = [
  ['weight_g', 'weight_v'],
  ['parametrizations.weight.original0', 'parametrizations.weight.original1'],
] as const;

/**
 * Puts the weight itself in place of its length g and direction v wherever a checkpoint was trained under weight
 * normalization (Salimans and Kingma, 2016): w = g·v/‖v‖, a norm for each entry of the first axis.
 */
export function foldWeightNorm(tensors: StoredTensors): StoredTensors {
  const folded = new Map(tensors);
  for (const [length, direction] of SPELLINGS) {
    for (const [name, v] of tensors) {
      if (!name.endsWith(`.${direction}`)) continue;
      const prefix = name.slice(0, -direction.length);
      const g = tensors.get(prefix + length);
      if (!g) continue;
      folded.delete(name);
      folded.delete(prefix + length);
      folded.set(`${prefix}weight`, { shape: v.shape, read: () => readFolded(g, v) });
    }
  }
  return folded;
}

async function readFolded(g: StoredTensor, v: StoredTensor): Promise<Float32Array> {
  const lengths = await g.read();
  const weight = Float32Array.from(await v.read());
  const size = weight.length / v.shape[0];
  for (let row = 0; row < v.shape[0]; row++) {
    const part = weight.subarray(row * size, (row + 1) * size);
    let squares = 0;
    for (const value of part) squares += value * value;
    const scale = lengths[row] / Math.sqrt(squares);
    for (let i = 0; i < size; i++) part[i] *= scale;
  }
  return weight;
}
