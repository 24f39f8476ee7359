import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { inceptionScore } from './inception-score.js';

interface Fixture {
  shape: [number, number];
  pLogits: number[];
  inceptionScores: { splits: number; mean: number; deviation: number }[];
}

// References: torch, by fixtures/make_fixtures.py.
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/posteriors.json', import.meta.url), 'utf8'),
);
const { pLogits, shape } = fixture;

const oneHot = (labels: number[], classes: number) =>
  labels.flatMap((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));

describe('inceptionScore', () => {
  // Tolerance: 1e-12; 53 samples do not divide by 5 or 10.
  it.each(fixture.inceptionScores)('agrees with torch for $splits splits', ({ splits, mean, deviation }) => {
    const score = inceptionScore(pLogits, shape, { splits, kind: 'logits' });
    expect(score.mean).toBeCloseTo(mean, 12);
    expect(score.deviation).toBeCloseTo(deviation, 12);
  });

  it('is the number of classes where all are sure and equally frequent, 1 where nothing is told apart', () => {
    const balanced = oneHot([0, 1, 2, 3, 0, 1, 2, 3], 4);
    expect(inceptionScore(balanced, [8, 4], { splits: 2 }).mean).toBeCloseTo(4, 12);
    expect(inceptionScore(oneHot([1, 1, 1, 1], 4), [4, 4], { splits: 2 }).mean).toBeCloseTo(1, 12);
    expect(inceptionScore(new Float32Array(40).fill(0.25), [10, 4])).toEqual({ mean: 1, deviation: 0 });
  });

  it('cuts into 10 splits by default, and shuffles sorted samples by a seed', () => {
    const sorted = oneHot(
      Array.from({ length: 200 }, (_, i) => Math.floor(i / 20)),
      10,
    );
    expect(inceptionScore(sorted, [200, 10]).mean).toBeCloseTo(1, 12); // one class a split
    const shuffled = inceptionScore(sorted, [200, 10], { seed: 1 });
    expect(shuffled.mean).toBeGreaterThan(5);
    expect(inceptionScore(sorted, [200, 10], { seed: 1 })).toEqual(shuffled);
    const whole = inceptionScore(sorted, [200, 10], { seed: 1, splits: 1 }); // order is of no account
    expect(whole.mean).toBeCloseTo(10, 12);
    expect(whole.deviation).toBe(0);
  });

  it('refuses shapes, values and options that make no sense', () => {
    expect(() => inceptionScore([1, 0], [2, 2])).toThrow(ShapeError);
    expect(() => inceptionScore([1, 0], [1, 2])).toThrow(/1 samples cannot be cut into 10 splits/);
    expect(() => inceptionScore([3, 1], [1, 2], { splits: 1 })).toThrow(InvalidInputError);
    expect(() => inceptionScore([1, 0], [1, 2], { splits: 0.5 })).toThrow(ConfigurationError);
  });
});
