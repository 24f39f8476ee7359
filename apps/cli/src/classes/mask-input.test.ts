import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { maskInput } from './mask-input.js';

it('masks whole rows and columns, up to the share, and leaves the input as it is', () => {
  const input = new Float32Array(200).fill(0.5);
  const random = new Random(1);
  for (let i = 0; i < 50; i++) {
    const masked = maskInput(input, { height: 10, width: 20 }, 0.3, random);
    const isLost = (row: number, column: number) => masked[row * 20 + column] === -1;
    const range = (length: number) => [...Array(length).keys()];
    const rows = range(10).filter((row) => range(20).every((column) => isLost(row, column)));
    const columns = range(20).filter((column) => range(10).every((row) => isLost(row, column)));
    expect(rows.length).toBeLessThanOrEqual(3);
    expect(columns.length).toBeLessThanOrEqual(6);
    const lost = 20 * rows.length + 10 * columns.length - rows.length * columns.length;
    expect(masked.filter((value) => value === -1)).toHaveLength(lost);
  }
  expect(input.every((value) => value === 0.5)).toBe(true);
});
