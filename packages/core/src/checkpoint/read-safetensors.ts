import { CheckpointError } from '../errors.js';
import type { StateDict } from '../module/module.js';
import { type ByteSource, bytesSource } from './byte-source.js';
import { fromBFloat16, fromFloat16s } from './half-precision.js';
import {
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  safetensorsHeaderLength,
} from './safetensors-header.js';

/** Reads and checks the header alone. */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const length = safetensorsHeaderLength(await readWhole(source, 0, Math.min(8, source.size)), source.size);
  return parseSafetensorsHeader(await readWhole(source, 8, length), source.size);
}

/**
 * Reads a safetensors file tensor by tensor, every type as float32, so that no more than one tensor's bytes
 * are held beside the result.
 * @throws CheckpointError where the header is malformed or lies about the file.
 */
export async function readSafetensors(
  source: ByteSource | Uint8Array,
): Promise<{ state: StateDict; metadata: Readonly<Record<string, string>> }> {
  const bytes = source instanceof Uint8Array ? bytesSource(source) : source;
  const { entries, metadata } = await readSafetensorsHeader(bytes);
  const state: StateDict = {};
  for (const entry of entries) {
    state[entry.name] = {
      shape: entry.shape,
      data: toFloat32(await readWhole(bytes, entry.offset, entry.length), entry),
    };
  }
  return { state, metadata };
}

async function readWhole(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    throw new CheckpointError(
      `Only ${bytes.length} of ${length} bytes could be read at byte ${offset}; the file changed while it was read.`,
    );
  }
  return bytes;
}

function toFloat32(bytes: Uint8Array, { type }: SafetensorsEntry): Float32Array {
  // A part of a larger array may begin where no typed array can, and would keep the whole alive. (Not slice: that of a Buffer copies nothing.)
  const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  switch (type) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return fromFloat16s(new Uint16Array(buffer));
    case 'BF16':
      return Float32Array.from(new Uint16Array(buffer), fromBFloat16);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I64':
      return Float32Array.from(Array.from(new BigInt64Array(buffer), Number));
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer));
    default:
      return Float32Array.from(new Uint8Array(buffer));
  }
}
