import { describe, expect, it } from 'vitest';
import { readFixture, unpacked } from '../testing.test.helper.js';
import { fromBFloat16, fromFloat16, fromFloat16s, toFloat16 } from './half-precision.js';

const { floats, halves } = readFixture<{ floats: string; halves: string }>('checkpoints.json');
const bytes = (base64: string) => unpacked(base64).buffer;

describe('half precision', () => {
  it('rounds as NumPy does: to the nearest, ties to even, with subnormal numbers and ±∞', () => {
    const values = new Float32Array(bytes(floats));
    const reference = new Uint16Array(bytes(halves));
    expect(values.length).toBe(reference.length);
    values.forEach((value, i) => {
      const half = toFloat16(value);
      if (Number.isNaN(value)) expect(fromFloat16(half)).toBeNaN();
      else expect([value, half]).toEqual([value, reference[i]]);
    });
  });

  it('reads every half back as what was written', () => {
    for (let half = 0; half < 65536; half++) {
      const value = fromFloat16(half);
      if (!Number.isNaN(value)) expect(toFloat16(value)).toBe(half);
    }
    expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00].map(fromFloat16)).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('reads many as it reads one', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, half) => half);
    expect(fromFloat16s(all)).toEqual(Float32Array.from(all, fromFloat16));
  });

  it('reads bfloat16 as the upper half of a float32', () => {
    expect([0x3f80, 0xc040, 0x0080].map(fromBFloat16)).toEqual([1, -3, 2 ** -126]);
    expect(fromBFloat16(0x7fc0)).toBeNaN();
  });
});
