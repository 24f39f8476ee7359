import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, Random, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { FeatureStatistics, featureStatistics } from './feature-statistics.js';

interface Case {
  name: string;
  a: { values: number[]; shape: [number, number] };
  mean: number[];
  covariance: number[];
}

// References: numpy's mean and cov, by fixtures/make_fixtures.py.
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/features.json', import.meta.url), 'utf8'),
);

function expectClose(actual: Float64Array, expected: number[], tolerance: number) {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance * scale);
  }
}

describe('featureStatistics', () => {
  // Tolerance: 1e-12 × the largest value; 1e-9 of the covariance where the mean is 10⁴.
  it.each(cases)('gives the mean and covariance of numpy: $name', ({ name, a, mean, covariance }) => {
    const statistics = featureStatistics(Float64Array.from(a.values), a.shape);
    expect(statistics.count).toBe(a.shape[0]);
    expectClose(statistics.mean, mean, 1e-12);
    expectClose(statistics.covariance, covariance, name === 'far from 0' ? 1e-9 : 1e-12);
  });

  it('does not depend on how the samples are cut into batches', () => {
    const { a } = cases[0];
    const [samples, d] = a.shape;
    const batched = new FeatureStatistics(d);
    const random = new Random(3);
    for (let start = 0; start < samples; ) {
      const end = Math.min(samples, start + random.integer(9)); // 0 to 8 samples
      batched.add(a.values.slice(start * d, end * d));
      start = end;
    }
    const whole = featureStatistics(a.values, a.shape);
    expect(batched.covariance).toEqual(whole.covariance);
    expect(batched.mean).toEqual(whole.mean);
  });

  it('hands out copies', () => {
    const statistics = featureStatistics([0, 1, 2, 5, 4, 3], [3, 2]);
    statistics.mean.fill(9);
    statistics.covariance.fill(9);
    expect([...statistics.mean]).toEqual([2, 3]);
    expect([...statistics.covariance]).toEqual([4, 2, 2, 4]);
  });

  it('refuses what is not a set of samples, and counts none of a batch that it refuses', () => {
    expect(() => new FeatureStatistics(0)).toThrow(ConfigurationError);
    expect(() => featureStatistics([1, 2, 3], [2, 2])).toThrow(ShapeError);
    expect(() => featureStatistics([], [0, 2])).toThrow(ShapeError);
    const statistics = new FeatureStatistics(2);
    expect(() => statistics.mean).toThrow(InvalidInputError);
    expect(() => statistics.add([1, 2, 3])).toThrow(ShapeError);
    expect(() => statistics.add([1, 2, Number.NaN, 4])).toThrow(/features\[2\] is NaN/);
    expect(statistics.count).toBe(0);
    statistics.add([1, 2]);
    expect(() => statistics.covariance).toThrow(/at least 2 samples, not 1/);
  });
});
