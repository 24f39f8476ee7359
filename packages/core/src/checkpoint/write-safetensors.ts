import { CheckpointError } from '../errors.js';
import { sizeOf } from '../module/layout.js';
import type { StateDict } from '../module/state-dict.js';
import { checkLength, readValues, type StoredTensors } from './checkpoint.js';
import { toFloat16 } from './half-precision.js';

export interface WriteSafetensorsOptions {
  /** 'f16' halves the file and keeps three digits. */
  type?: 'f32' | 'f16';
  /** Free text beside the tensors. */
  metadata?: Readonly<Record<string, string>>;
}

/** The pieces of a safetensors file one after another, tensor by tensor, for a writer that streams. */
export function* safetensorsChunks(
  state: StateDict,
  options: WriteSafetensorsOptions = {},
): Generator<Uint8Array> {
  for (const [name, { shape, data }] of Object.entries(state)) checkLength(name, shape, data);
  yield headerBytes(Object.entries(state), options);
  for (const [name, { data }] of Object.entries(state)) yield valueBytes(name, data, options);
}

/** The same of tensors that are read one after another, so that no more than one is in memory. */
export async function* storedSafetensorsChunks(
  tensors: StoredTensors,
  options: WriteSafetensorsOptions = {},
): AsyncGenerator<Uint8Array> {
  yield headerBytes([...tensors], options);
  for (const [name, tensor] of tensors) yield valueBytes(name, await readValues(name, tensor), options);
}

/** The length of the header, and the header, padded with blanks to eight bytes, so that the tensors are aligned. */
function headerBytes(
  tensors: readonly [name: string, { shape: readonly number[] }][],
  { type = 'f32', metadata }: WriteSafetensorsOptions,
): Uint8Array {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape }] of tensors) {
    if (name === '__metadata__' || name === '__proto__') {
      throw new CheckpointError(`A tensor cannot be named "${name}" in a safetensors file; rename it.`);
    }
    const end = offset + sizeOf(shape) * (type === 'f16' ? 2 : 4);
    header[name] = { dtype: type.toUpperCase(), shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(text, 8);
  return padded;
}

function valueBytes(name: string, data: Float32Array, { type }: WriteSafetensorsOptions): Uint8Array {
  const lost = type === 'f16' && data.find((x) => Number.isFinite(x) && Math.abs(x) >= 65520);
  if (lost) throw new CheckpointError(`"${name}" holds ${lost}, which f16 cannot hold; write it as f32.`);
  const values = type === 'f16' ? Uint16Array.from(data, toFloat16) : data;
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A whole safetensors file in memory. */
export function writeSafetensors(state: StateDict, options: WriteSafetensorsOptions = {}): Uint8Array {
  const chunks = [...safetensorsChunks(state, options)];
  const file = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    file.set(chunk, offset);
    offset += chunk.length;
  }
  return file;
}
