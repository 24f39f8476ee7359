import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  CheckpointError,
  ConfigurationError,
  FileAccessError,
  readTensors,
  type StateDict,
  type StateTensor,
} from '@visual-echoes/core';
import { readJson, readStateFile, withCheckpointFile } from '@visual-echoes/core/node';

/** A reference model as it lies in a folder: the authors' configuration, weights, inputs and outputs. */
export interface ReferenceFolder {
  name: string;
  configuration: Record<string, unknown>;
  weights: StateDict;
  /** Inputs and outputs of `io.safetensors`. */
  io: StateDict;
}

/** The forms in which a folder may hold its weights: the same tensors in each. */
const WEIGHTS = ['weights.safetensors', 'weights.ckpt', 'weights.legacy.pt'];

/** Reads `config.json`, `io.safetensors` and every file of weights: a folder for each of those. */
export async function readReferenceFolders(folder: string): Promise<[weights: string, ReferenceFolder][]> {
  const path = join(folder, 'config.json');
  const configuration = await readJson(path);
  if (typeof configuration !== 'object' || configuration === null) {
    throw new ConfigurationError(`${path} holds no object; it must be the constructor's arguments.`);
  }
  const common = {
    name: basename(resolve(folder)),
    configuration: configuration as Record<string, unknown>,
    io: await readStateFile(join(folder, 'io.safetensors')),
  };
  const files = WEIGHTS.filter((file) => existsSync(join(folder, file)));
  if (files.length === 0) {
    throw new FileAccessError(`${folder} holds none of ${WEIGHTS.join(', ')}; copy the folder again.`);
  }
  return Promise.all(
    files.map(
      async (file): Promise<[string, ReferenceFolder]> => [
        file,
        { ...common, weights: await withCheckpointFile(join(folder, file), readTensors) },
      ],
    ),
  );
}

/** An entry of `io.safetensors` that the model cannot do without. */
export function required({ name, io }: ReferenceFolder, entry: string): StateTensor {
  const tensor = Object.hasOwn(io, entry) ? io[entry] : undefined;
  if (!tensor)
    throw new CheckpointError(`io.safetensors of ${name} has no "${entry}"; copy the folder again.`);
  return tensor;
}
