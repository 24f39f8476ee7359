import { CheckpointError } from '../errors.js';
import type { StateDict } from '../module/module.js';

/** A tensor that lies in a file and is read when asked for. */
export interface StoredTensor {
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** Its values, row-major, whatever their type in the file. */
  read(): Promise<Float32Array>;
}

/** The tensors of a checkpoint by name, none of which has been read yet. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Reads every tensor. */
export async function readTensors(tensors: StoredTensors): Promise<StateDict> {
  const state: StateDict = {};
  for (const [name, tensor] of tensors) {
    if (name === '__proto__') throw new CheckpointError('A tensor is named "__proto__"; rename it.');
    state[name] = { shape: tensor.shape, data: await tensor.read() };
  }
  return state;
}

/** The tensors of a state dict, as if they were stored. */
export function storedTensors(state: StateDict): StoredTensors {
  return new Map(
    Object.entries(state).map(([name, { shape, data }]) => [name, { shape, read: async () => data }]),
  );
}
