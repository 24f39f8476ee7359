import { CheckpointError } from '../errors.js';
import { sizeOf } from '../module/layout.js';
import type { StateDict } from '../module/module.js';
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
  { type = 'f32', metadata }: WriteSafetensorsOptions = {},
): Generator<Uint8Array> {
  const bytesPerValue = type === 'f16' ? 2 : 4;
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(state)) {
    if (name === '__metadata__' || name === '__proto__') {
      throw new CheckpointError(`A tensor cannot be named "${name}" in a safetensors file; rename it.`);
    }
    if (data.length !== sizeOf(shape)) {
      throw new CheckpointError(
        `"${name}" of shape [${shape}] holds ${data.length} values; give all of them.`,
      );
    }
    const end = offset + data.length * bytesPerValue;
    header[name] = { dtype: type.toUpperCase(), shape, data_offsets: [offset, end] };
    offset = end;
  }
  // Padded with blanks to eight bytes, so that the tensors are aligned.
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(text, 8);
  yield padded;
  for (const [name, { data }] of Object.entries(state)) {
    const values = type === 'f16' ? Uint16Array.from(data, toFloat16) : data;
    const lost = type === 'f16' && data.find((x) => Number.isFinite(x) && Math.abs(x) >= 65520);
    if (lost) {
      throw new CheckpointError(`"${name}" holds ${lost}, which f16 cannot hold; write it as f32.`);
    }
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
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
