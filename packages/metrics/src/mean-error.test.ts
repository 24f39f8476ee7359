import { readFileSync } from 'node:fs';
import { InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { meanAbsoluteError, meanSquaredError } from './mean-error.js';

interface Case {
  name: string;
  shape: [number, number, number?];
  dataRange: number;
  a: number[];
  b: number[];
  mae: number;
  mse: number;
}

// References: torch's l1_loss and mse_loss, by fixtures/make_fixtures.py.
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8'),
);

describe('meanAbsoluteError and meanSquaredError', () => {
  // Tolerance: 1e-12 of the error.
  it.each(cases)('agree with torch: $name', ({ a, b, mae, mse }) => {
    expect(Math.abs(meanAbsoluteError(a, b) / mae - 1)).toBeLessThan(1e-12);
    expect(Math.abs(meanSquaredError(a, b) / mse - 1)).toBeLessThan(1e-12);
    expect(meanAbsoluteError(b, a)).toBe(meanAbsoluteError(a, b));
    expect(meanSquaredError(a, a)).toBe(0);
  });

  it('do not wrap around for bytes', () => {
    expect(meanSquaredError(Uint8Array.of(0, 255), Uint8Array.of(255, 0))).toBe(255 ** 2);
  });

  it.each([meanAbsoluteError, meanSquaredError])('%o refuses what cannot be compared', (metric) => {
    expect(() => metric([1], [1, 2])).toThrow(ShapeError);
    expect(() => metric([], [])).toThrow(ShapeError);
    expect(() => metric([1], [Number.POSITIVE_INFINITY])).toThrow(InvalidInputError);
  });
});
