import { fromFloat16s } from '../checkpoint/half-precision.js';
import { sizeOf } from '../module/layout.js';
import { malformed, parseNpyHeader } from './npy-header.js';

/** The values of an array in row-major order. */
export type NpyValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** An array of NumPy. */
export interface NpyArray<Values extends NpyValues = NpyValues> {
  shape: readonly number[];
  data: Values;
}

/** NumPy's types by what holds them here; half precision becomes single, truth values 0 and 1. */
const TYPES = {
  f2: { bytes: 2, from: (buffer: ArrayBuffer) => fromFloat16s(new Uint16Array(buffer)) },
  f4: { bytes: 4, from: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  f8: { bytes: 8, from: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  i1: { bytes: 1, from: (buffer: ArrayBuffer) => new Int8Array(buffer) },
  i2: { bytes: 2, from: (buffer: ArrayBuffer) => new Int16Array(buffer) },
  i4: { bytes: 4, from: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  i8: { bytes: 8, from: (buffer: ArrayBuffer) => new BigInt64Array(buffer) },
  u1: { bytes: 1, from: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
  u2: { bytes: 2, from: (buffer: ArrayBuffer) => new Uint16Array(buffer) },
  u4: { bytes: 4, from: (buffer: ArrayBuffer) => new Uint32Array(buffer) },
  u8: { bytes: 8, from: (buffer: ArrayBuffer) => new BigUint64Array(buffer) },
  b1: { bytes: 1, from: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
} as const;

/**
 * Reads an `.npy` file of NumPy, versions 1 to 3: numbers and truth values of any size and byte order, in C or Fortran
 * order. Nothing is allocated on the header's word alone, and objects (pickles) are refused.
 *
 * @throws InvalidInputError where the file is malformed, cut off, or of other types.
 *
 * @example
 * const { shape, data } = readNpy(await readFile('clip_mel.npy')); // [80, 860]
 */
export function readNpy(file: Uint8Array): NpyArray {
  const { type, littleEndian, fortranOrder, shape, offset } = parseNpyHeader(file);
  if (!Object.hasOwn(TYPES, type)) {
    malformed(
      `its type is "${type}", and ${Object.keys(TYPES).join(', ')} are read; convert it with astype first`,
    );
  }
  const { bytes, from } = TYPES[type as keyof typeof TYPES];
  const length = sizeOf(shape) * bytes;
  if (length !== file.length - offset) {
    malformed(`its shape [${shape.slice(0, 8)}] needs ${length} bytes and it has ${file.length - offset}`);
  }
  const values = new Uint8Array(length);
  values.set(file.subarray(offset));
  if (!littleEndian) swapBytes(values, bytes);
  const data: NpyValues = from(values.buffer);
  return { shape, data: fortranOrder ? toRowMajor(data, shape) : data };
}

/** Turns the bytes of each value around. */
function swapBytes(values: Uint8Array, bytes: number): void {
  for (let at = 0; at < values.length; at += bytes) values.subarray(at, at + bytes).reverse();
}

/** Values whose first index is the fastest → whose last is. */
function toRowMajor<Values extends NpyValues>(data: Values, shape: readonly number[]): Values {
  const result = data.slice() as Values;
  const index = shape.map(() => 0);
  const strides = shape.map((_, d) => sizeOf(shape.slice(0, d)));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from];
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return result;
}
