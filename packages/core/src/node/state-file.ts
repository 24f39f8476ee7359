import { readSafetensors } from '../checkpoint/read-safetensors.js';
import { safetensorsChunks, type WriteSafetensorsOptions } from '../checkpoint/write-safetensors.js';
import { CheckpointError } from '../errors.js';
import type { StateDict } from '../module/module.js';
import { withFileSource } from './file-source.js';
import { writeFileAtomically } from './write-file-atomically.js';

/**
 * Reads a `.safetensors` file with its metadata.
 * @throws FileAccessError, CheckpointError; both name the file.
 */
export async function readSafetensorsFile(
  path: string,
): Promise<{ state: StateDict; metadata: Readonly<Record<string, string>> }> {
  try {
    return await withFileSource(path, readSafetensors);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw new CheckpointError(`${path}: ${cause.message}`, { cause });
    throw cause;
  }
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
