import { readFileSync } from 'node:fs';
import { InvalidInputError, Random, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { FeatureStatistics, featureStatistics } from './feature-statistics.js';
import { frechetDistance } from './frechet-distance.js';

interface Features {
  values: number[];
  shape: [number, number];
}

interface Case {
  name: string;
  a: Features;
  b: Features;
  distance: number;
  distanceBySqrtm?: number;
}

// References: numpy's SVD of the centred samples and, where the covariances are regular, scipy's sqrtm, by
// fixtures/make_fixtures.py.
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/features.json', import.meta.url), 'utf8'),
);

function gaussian(samples: number, d: number, seed: number, { scale = 1, offset = 0 } = {}) {
  const random = new Random(seed);
  return Float64Array.from({ length: samples * d }, () => random.normal(offset, scale));
}

describe('frechetDistance', () => {
  // Tolerance: 1e-9 of the distance, for singular covariances too.
  it.each(cases)('agrees with the reference: $name', ({ a, b, distance, distanceBySqrtm }) => {
    const measured = frechetDistance(
      featureStatistics(a.values, a.shape),
      featureStatistics(b.values, b.shape),
    );
    expect(Math.abs(measured - distance)).toBeLessThan(1e-9 * distance);
    if (distanceBySqrtm) expect(Math.abs(measured - distanceBySqrtm)).toBeLessThan(1e-9 * distanceBySqrtm);
  });

  it.each(cases)('is symmetric, and 0 between a set and itself: $name', ({ a, b }) => {
    const first = featureStatistics(a.values, a.shape);
    const second = featureStatistics(b.values, b.shape);
    const distance = frechetDistance(first, second);
    expect(Math.abs(frechetDistance(second, first) - distance)).toBeLessThan(1e-12 * distance);
    const trace = first.mean.reduce((sum, _, i) => sum + first.covariance[i * (first.dimension + 1)], 0);
    const self = frechetDistance(first, first);
    expect(self).toBeGreaterThanOrEqual(0);
    expect(self).toBeLessThan(1e-12 * trace);
  });

  it('is the closed form for diagonal covariances: Σ (m₁ − m₂)² + (σ₁ − σ₂)²', () => {
    const moments = (mean: number[], deviations: number[]) => ({
      count: 10,
      mean,
      covariance: deviations.flatMap((s, i) => deviations.map((_, j) => (i === j ? s * s : 0))),
    });
    const a = moments([0, 1, -2], [1, 2, 0]);
    const b = moments([1, 1, 0], [4, 0, 3]);
    expect(frechetDistance(a, b)).toBeCloseTo(1 + 4 + 9 + 4 + 9, 12);
  });

  it('does not change when both sets are shifted, nor when features are permuted; grows with the square of the scale', () => {
    const d = 6;
    const a = gaussian(20, d, 1);
    const b = gaussian(4, d, 2, { scale: 2, offset: 0.5 });
    const distance = (f: (features: Float64Array) => Float64Array) =>
      frechetDistance(featureStatistics(f(a), [20, d]), featureStatistics(f(b), [4, d]));
    const plain = distance((x) => x);
    expect(distance((x) => x.map((value) => value + 7))).toBeCloseTo(plain, 9);
    expect(distance((x) => x.map((value) => value * 3))).toBeCloseTo(9 * plain, 9);
    const reversed = (x: Float64Array) => x.map((_, i) => x[i - (i % d) + (d - 1 - (i % d))]);
    expect(distance(reversed)).toBeCloseTo(plain, 9);
  });

  it('is 0 between constant features, and the distance of the means where they differ', () => {
    const ones = featureStatistics(new Float32Array(15).fill(1), [5, 3]);
    const threes = featureStatistics(new Float32Array(6).fill(3), [2, 3]);
    expect(frechetDistance(ones, ones)).toBe(0);
    expect(frechetDistance(ones, threes)).toBe(12);
  });

  it('refuses too few samples, other features, and numbers that are not finite', () => {
    const good = featureStatistics(gaussian(4, 3, 1), [4, 3]);
    expect(() => frechetDistance(good, new FeatureStatistics(3).add([1, 2, 3]))).toThrow(/b has 1 samples/);
    expect(() => frechetDistance(new FeatureStatistics(3), good)).toThrow(InvalidInputError);
    expect(() => frechetDistance(good, featureStatistics(gaussian(4, 2, 1), [4, 2]))).toThrow(ShapeError);
    expect(() => frechetDistance(good, { ...moments(good), covariance: [1, 2] })).toThrow(ShapeError);
    const overflowing = featureStatistics([1e300, -1e300], [2, 1]);
    expect(() => frechetDistance(overflowing, overflowing)).toThrow(InvalidInputError);
  });
});

const moments = ({ count, mean, covariance }: FeatureStatistics) => ({ count, mean, covariance });
