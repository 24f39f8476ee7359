import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { BitReader, BitWriter } from './bit-stream.js';

it('gives numbers of any width back', () => {
  const random = new Random(3);
  const numbers = Array.from({ length: 1000 }, () => {
    const bits = random.integer(54);
    return { bits, value: Math.floor(random.uniform() * 2 ** bits) };
  });
  const writer = new BitWriter();
  for (const { value, bits } of numbers) writer.write(value, bits);
  const bytes = writer.end();
  expect(bytes.length).toBe(Math.ceil(numbers.reduce((sum, { bits }) => sum + bits, 0) / 8));
  const reader = new BitReader(bytes);
  for (const { value, bits } of numbers) expect(reader.read(bits)).toBe(value);
  expect(reader.ended).toBe(true);
});

it('writes the highest bit first', () => {
  const writer = new BitWriter();
  writer.write(1, 1);
  writer.write(0x2ff, 10);
  expect([...writer.end()]).toEqual([0b11011111, 0b11100000]);
});

it('has ended where only zeros are left, less than a byte, and gives no more', () => {
  const rest = (...bytes: number[]) => {
    const reader = new BitReader(Uint8Array.from(bytes));
    reader.read(3);
    return reader;
  };
  expect(rest(0b10100000).ended).toBe(true);
  expect(rest(0b10100001).ended).toBe(false);
  expect(rest(0b10100000, 0).ended).toBe(false);
  expect(() => rest(0b10100000).read(6)).toThrow(RangeError);
});
