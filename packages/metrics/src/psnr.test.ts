import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { psnr } from './psnr.js';

interface Case {
  name: string;
  shape: [number, number, number?];
  dataRange: number;
  a: number[];
  b: number[];
  psnr: number;
}

// References: scikit-image's peak_signal_noise_ratio, by fixtures/make_fixtures.py.
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8'),
);

describe('psnr', () => {
  // Tolerance: 1e-12 of the dB.
  it.each(cases)('agrees with scikit-image: $name', ({ a, b, dataRange, psnr: expected }) => {
    expect(Math.abs(psnr(a, b, { dataRange }) / expected - 1)).toBeLessThan(1e-12);
    expect(psnr(b, a, { dataRange })).toBe(psnr(a, b, { dataRange }));
    expect(psnr(a, a, { dataRange })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the same at another scale', () => {
    const { a, b } = cases[0];
    const bytes = (values: number[]) => values.map((value) => value * 255);
    expect(psnr(bytes(a), bytes(b), { dataRange: 255 })).toBeCloseTo(psnr(a, b, { dataRange: 1 }), 12);
  });

  it('refuses what cannot be compared', () => {
    expect(() => psnr([1], [1, 2], { dataRange: 1 })).toThrow(ShapeError);
    expect(() => psnr([1], [Number.NaN], { dataRange: 1 })).toThrow(InvalidInputError);
    expect(() => psnr([1], [1], { dataRange: 0 })).toThrow(ConfigurationError);
  });
});
