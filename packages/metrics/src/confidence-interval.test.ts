import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { confidenceInterval } from './confidence-interval.js';

// References: the formula with scipy's normal quantile, checked against its binomtest, by fixtures/make_fixtures.py.
const fixture: { intervals: Record<'correct' | 'total' | 'confidence' | 'low' | 'high', number>[] } =
  JSON.parse(readFileSync(new URL('../fixtures/classes.json', import.meta.url), 'utf8'));

describe('confidenceInterval', () => {
  // Tolerance: 1e-13.
  it.each(fixture.intervals)(
    'agrees with scipy: $correct of $total at $confidence',
    ({ correct, total, confidence, low, high }) => {
      const interval = confidenceInterval(correct, total, { confidence });
      expect(Math.abs(interval.low - low)).toBeLessThan(1e-13);
      expect(Math.abs(interval.high - high)).toBeLessThan(1e-13);
    },
  );

  it('is at 95 % by default, mirrors, and narrows with more samples', () => {
    const { low, high } = confidenceInterval(30, 100);
    expect({ low, high }).toEqual(confidenceInterval(30, 100, { confidence: 0.95 }));
    const mirrored = confidenceInterval(70, 100);
    expect(mirrored.low).toBeCloseTo(1 - high, 14);
    expect(mirrored.high).toBeCloseTo(1 - low, 14);
    const more = confidenceInterval(300, 1000);
    expect(more.high - more.low).toBeLessThan(high - low);
  });

  it('refuses counts and a confidence that make no sense', () => {
    for (const [correct, total] of [
      [-1, 3],
      [4, 3],
      [0, 0],
      [0.5, 3],
      [1, Number.NaN],
    ]) {
      expect(() => confidenceInterval(correct, total)).toThrow(InvalidInputError);
    }
    for (const confidence of [0, 1, 95, Number.NaN]) {
      expect(() => confidenceInterval(1, 2, { confidence })).toThrow(ConfigurationError);
    }
  });
});
