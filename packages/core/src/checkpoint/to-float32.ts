import { fromBFloat16, fromFloat16s } from './half-precision.js';
import type { SafetensorsType } from './safetensors-header.js';

/** Little-endian values of `type` as float32; of float32 itself the same memory where that is possible. */
export function toFloat32(bytes: Uint8Array, type: SafetensorsType): Float32Array {
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
