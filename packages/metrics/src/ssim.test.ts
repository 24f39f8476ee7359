import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { ssim } from './ssim.js';

interface Case {
  name: string;
  shape: [number, number, number?];
  dataRange: number;
  a: number[];
  b: number[];
  ssim: number;
}

// References: scikit-image's structural_similarity, by fixtures/make_fixtures.py.
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8'),
);

describe('ssim', () => {
  // Tolerance: 1e-12.
  it.each(cases)('agrees with scikit-image: $name', ({ a, b, shape, dataRange, ssim: expected }) => {
    expect(Math.abs(ssim(a, b, shape, { dataRange }) - expected)).toBeLessThan(1e-12);
  });

  it.each(cases)('is symmetric, and 1 between a picture and itself: $name', ({ a, b, shape, dataRange }) => {
    expect(ssim(b, a, shape, { dataRange })).toBeCloseTo(ssim(a, b, shape, { dataRange }), 14);
    expect(ssim(a, a, shape, { dataRange })).toBeCloseTo(1, 14);
  });

  it('does not change at another scale, nor when both pictures are mirrored', () => {
    const { a, b, shape } = cases[0];
    const plain = ssim(a, b, shape, { dataRange: 1 });
    const scaled = (values: number[]) => values.map((value) => value * 255);
    expect(ssim(scaled(a), scaled(b), shape, { dataRange: 255 })).toBeCloseTo(plain, 12);
    const turned = (values: number[]) => [...values].reverse();
    expect(ssim(turned(a), turned(b), shape, { dataRange: 1 })).toBeCloseTo(plain, 12);
  });

  it('refuses a picture smaller than its window, and what cannot be compared', () => {
    const square = new Float32Array(100);
    expect(() => ssim(square, square, [10, 10], { dataRange: 1 })).toThrow(/at least 11×11.*not 10×10/);
    expect(() => ssim(square, square, [10, 11], { dataRange: 1 })).toThrow(ShapeError);
    const picture = new Float32Array(121);
    expect(() => ssim(picture, picture.slice(1), [11, 11], { dataRange: 1 })).toThrow(ShapeError);
    expect(() => ssim(picture, picture, [11, 11], { dataRange: -1 })).toThrow(ConfigurationError);
    const broken = picture.slice();
    broken[3] = Number.NaN;
    expect(() => ssim(picture, broken, [11, 11], { dataRange: 1 })).toThrow(InvalidInputError);
  });
});
