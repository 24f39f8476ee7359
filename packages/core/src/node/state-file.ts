import { readSafetensors } from '../checkpoint/read-safetensors.js';
import { safetensorsChunks, type WriteSafetensorsOptions } from '../checkpoint/write-safetensors.js';
import type { StateDict } from '../module/module.js';
import { withFileSource } from './file-source.js';
import { writeFileAtomically } from './write-file-atomically.js';

/** Reads a `.safetensors` file. */
export async function readStateFile(path: string): Promise<StateDict> {
  return (await withFileSource(path, readSafetensors)).state;
}

/** Writes a `.safetensors` file beside and renames it. */
export async function writeStateFile(
  path: string,
  state: StateDict,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  await writeFileAtomically(path, safetensorsChunks(state, options));
}
