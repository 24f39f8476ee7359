import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { sinePositions } from './sine-positions.js';

const width = 64;
const fields = [
  { name: 'image', grid: [8, 8], vocabulary: 4 },
  { name: 'audio', grid: [8, 8], vocabulary: 4 },
] as const;
const table = sinePositions(fields, width, { deviation: 0.5, random: new Random(1) });
const at = (field: 0 | 1, row: number, column: number) => {
  const position = 1 + field * 64 + row * 8 + column;
  return table.subarray(position * width, (position + 1) * width);
};
const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((x, i) => x - b[i]));

it('has a vector for the class token and each position, of the deviation that is asked', () => {
  expect(table).toHaveLength(129 * width);
  expect(Math.sqrt(table.reduce((sum, x) => sum + x * x, 0) / table.length)).toBeCloseTo(0.5, 1);
});

it('makes neighbours alike along both axes, and fields unlike', () => {
  const centre = at(0, 3, 3);
  for (const step of [(n: number) => at(0, 3 + n, 3), (n: number) => at(0, 3, 3 + n)]) {
    expect(distance(centre, step(1))).toBeLessThan(distance(centre, step(2)));
    expect(distance(centre, step(2))).toBeLessThan(distance(centre, step(4)));
  }
  expect(distance(centre, at(1, 3, 3))).toBeGreaterThan(distance(centre, at(0, 3, 4)));
});

it('takes grids of one cell and widths that four does not divide', () => {
  const label = [{ name: 'label', grid: [1, 1], vocabulary: 3 }] as const;
  const values = sinePositions(label, 6, { deviation: 0.02, random: new Random(1) });
  expect(values).toHaveLength(12);
  expect(values.every(Number.isFinite)).toBe(true);
});
