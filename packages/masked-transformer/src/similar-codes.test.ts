import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { similarCodes } from './similar-codes.js';

it('spreads the mass over near codes', () => {
  const rows = similarCodes(Float32Array.of(0, 1, 10), 3, 0.2);
  const row = (i: number) => rows.subarray(i * 3, i * 3 + 3);
  expect(row(0)[0]).toBeGreaterThan(row(0)[1]);
  expect(row(0)[1]).toBeGreaterThan(1000 * row(0)[2]);
  expect(row(2)[2]).toBeGreaterThan(0.99);
});

it('spreads as much as is asked, on average', () => {
  const vocabulary = 20;
  const rows = similarCodes(new Random(1).normals(vocabulary * 3), vocabulary, 0.3);
  let kept = 0;
  for (let i = 0; i < vocabulary; i++) {
    const row = rows.subarray(i * vocabulary, (i + 1) * vocabulary);
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(row.indexOf(Math.max(...row))).toBe(i);
    kept += row[i] / vocabulary;
  }
  expect(kept).toBeCloseTo(0.7, 4);
});

it('stays with the true code where no mass is to be spread', () => {
  expect([...similarCodes(Float32Array.of(0, 1, 3), 3, 0)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
