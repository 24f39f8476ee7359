import { fromFloat16s } from '../checkpoint/half-precision.js';

/**
 * A packed half is this many times the weight. WGSL lets a device take a half below 2⁻¹⁴ for zero, and no half is below
 * that once it is 1024 times as large; in exchange the weight has to be below 64.
 */
export const HALVES_SCALE = 1024;

/** The bits of 2⁻²⁴, the least half, and of 64. */
const [LEAST, END] = [0x33800000, 0x42800000];

/** What lies between the exponents of a float32 and of the half that is 1024 times as large, in that half's bits. */
const BETWEEN = (127 - 15 - 10) << 10;

/**
 * Weights as halves, two an int32 with the first in its low bits: `[n]` → `[n/2]`. `undefined` where that would change
 * one: where one has more than a half's 11 bits, is 64 or more, or there is an odd number of them.
 */
export function packHalves(values: Float32Array): Int32Array | undefined {
  if (values.length % 2 !== 0) return undefined;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    const magnitude = bits[i] & 0x7fffffff;
    if (magnitude === 0) halves[i] = sign;
    else if (magnitude & 0x1fff || magnitude < LEAST || magnitude >= END) return undefined;
    else halves[i] = sign | ((magnitude >>> 13) - BETWEEN);
  }
  return new Int32Array(halves.buffer);
}

/** The weights that `packHalves` was given. */
export const unpackHalves = (words: Int32Array): Float32Array =>
  fromFloat16s(new Uint16Array(words.buffer, words.byteOffset, 2 * words.length)).map(
    (half) => half / HALVES_SCALE,
  );
