import type { StateDict } from '../module/state-dict.js';
import { type ByteSource, bytesSource } from './byte-source.js';
import { readTensors, type StoredTensors } from './checkpoint.js';
import { readWhole } from './read-whole.js';
import {
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderLength,
} from './safetensors-header.js';
import { toFloat32 } from './to-float32.js';

/** Reads and checks the header alone. */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const length = safetensorsHeaderLength(await readWhole(source, 0, Math.min(8, source.size)), source.size);
  return parseSafetensorsHeader(await readWhole(source, 8, length), source.size);
}

/**
 * Opens a safetensors file: its header is read and checked, its tensors when they are asked for, every type as float32.
 * @throws CheckpointError where the header is malformed or lies about the file.
 */
export async function openSafetensors(
  source: ByteSource,
): Promise<{ tensors: StoredTensors; metadata: Readonly<Record<string, string>> }> {
  const { entries, metadata } = await readSafetensorsHeader(source);
  const tensors = new Map(
    entries.map(({ name, shape, offset, length, type }) => [
      name,
      { shape, read: async () => toFloat32(await readWhole(source, offset, length), type) },
    ]),
  );
  return { tensors, metadata };
}

/**
 * Reads a safetensors file tensor by tensor, every type as float32, so that no more than one tensor's bytes
 * are held beside the result.
 * @throws CheckpointError where the header is malformed or lies about the file.
 */
export async function readSafetensors(
  source: ByteSource | Uint8Array,
): Promise<{ state: StateDict; metadata: Readonly<Record<string, string>> }> {
  const { tensors, metadata } = await openSafetensors(
    source instanceof Uint8Array ? bytesSource(source) : source,
  );
  return { state: await readTensors(tensors), metadata };
}
