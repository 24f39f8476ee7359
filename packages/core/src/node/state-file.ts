import type { StoredTensors } from '../checkpoint/checkpoint.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { readSafetensors } from '../checkpoint/read-safetensors.js';
import type { OpenTorchCheckpointOptions } from '../checkpoint/torch/open-torch-checkpoint.js';
import {
  torchCheckpointChunks,
  type WriteTorchCheckpointOptions,
} from '../checkpoint/torch/write-torch-checkpoint.js';
import {
  safetensorsChunks,
  storedSafetensorsChunks,
  type WriteSafetensorsOptions,
} from '../checkpoint/write-safetensors.js';
import { CheckpointError } from '../errors.js';
import type { StateDict } from '../module/state-dict.js';
import { withFileSource } from './file-source.js';
import { writeFileAtomically } from './write-file-atomically.js';

/**
 * Reads a `.safetensors` file with its metadata.
 * @throws FileAccessError, CheckpointError; both name the file.
 */
export async function readSafetensorsFile(
  path: string,
): Promise<{ state: StateDict; metadata: Readonly<Record<string, string>> }> {
  return naming(path, () => withFileSource(path, readSafetensors));
}

/** Reads the tensors of a `.safetensors` file. */
export async function readStateFile(path: string): Promise<StateDict> {
  return (await readSafetensorsFile(path)).state;
}

/** Writes a `.safetensors` file beside and renames it. */
export async function writeStateFile(
  path: string,
  state: StateDict,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  await writeFileAtomically(path, safetensorsChunks(state, options));
}

/** The same of tensors that are read one after another. */
export async function writeStoredTensors(
  path: string,
  tensors: StoredTensors,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  await writeFileAtomically(path, storedSafetensorsChunks(tensors, options));
}

/**
 * Opens a checkpoint file of any published form for `use`, which reads what it needs of it; the file is closed after.
 * @throws FileAccessError, CheckpointError; both name the file.
 */
export async function withCheckpointFile<T>(
  path: string,
  use: (tensors: StoredTensors) => Promise<T>,
  options: OpenTorchCheckpointOptions = {},
): Promise<T> {
  return naming(path, () =>
    withFileSource(path, async (source) => use(await openCheckpoint(source, options))),
  );
}

/** Puts the file's name before what is wrong with it. */
async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof CheckpointError) throw new CheckpointError(`${path}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** Writes tensors as `torch.save` does, beside and renamed. */
export async function writeTorchFile(
  path: string,
  tensors: StoredTensors,
  options: WriteTorchCheckpointOptions = {},
): Promise<void> {
  await writeFileAtomically(path, torchCheckpointChunks(tensors, options));
}
