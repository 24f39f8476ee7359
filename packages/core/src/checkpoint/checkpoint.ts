import { CheckpointError } from '../errors.js';
import { sizeOf } from '../module/layout.js';
import type { StateDict } from '../module/state-dict.js';

/** A tensor that lies in a file and is read when asked for. */
export interface StoredTensor {
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** Its values, row-major, whatever their type in the file. */
  read(): Promise<Float32Array>;
}

/** The tensors of a checkpoint by name, none of which has been read yet. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** @throws CheckpointError where a tensor's values are not as many as its shape says. */
export function checkLength(name: string, shape: readonly number[], data: Float32Array): void {
  if (data.length === sizeOf(shape)) return;
  throw new CheckpointError(`"${name}" of shape [${shape}] holds ${data.length} values; give all of them.`);
}

/** The values of one tensor, as many as its shape says. */
export async function readValues(name: string, { shape, read }: StoredTensor): Promise<Float32Array> {
  const data = await read();
  checkLength(name, shape, data);
  return data;
}

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
