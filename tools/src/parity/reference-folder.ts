import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CheckpointError, ConfigurationError, type StateDict, type StateTensor } from '@visual-echoes/core';
import { fileAccessError, readStateFile } from '@visual-echoes/core/node';

/** A reference model as it lies in a folder: the authors' configuration, weights, inputs and outputs. */
export interface ReferenceFolder {
  name: string;
  configuration: Record<string, unknown>;
  weights: StateDict;
  /** Inputs and outputs of `io.safetensors`. */
  io: StateDict;
}

/** Reads `config.json`, `weights.safetensors` and `io.safetensors`. */
export async function readReferenceFolder(folder: string): Promise<ReferenceFolder> {
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  let configuration: unknown;
  try {
    configuration = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${path} is not JSON; copy the folder again.`, { cause });
  }
  if (typeof configuration !== 'object' || configuration === null) {
    throw new ConfigurationError(`${path} holds no object; it must be the constructor's arguments.`);
  }
  return {
    name: basename(resolve(folder)),
    configuration: configuration as Record<string, unknown>,
    weights: await readStateFile(join(folder, 'weights.safetensors')),
    io: await readStateFile(join(folder, 'io.safetensors')),
  };
}

/** An entry of `io.safetensors` that the model cannot do without. */
export function required({ name, io }: ReferenceFolder, entry: string): StateTensor {
  const tensor = Object.hasOwn(io, entry) ? io[entry] : undefined;
  if (!tensor)
    throw new CheckpointError(`io.safetensors of ${name} has no "${entry}"; copy the folder again.`);
  return tensor;
}
