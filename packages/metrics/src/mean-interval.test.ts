import { describe, expect, it } from 'vitest';
import { meanInterval } from './mean-interval.js';

describe('meanInterval', () => {
  // Student's t at 97.5 %, from the tables (R's qt(0.975, n)).
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [9, 2.26216],
    [30, 2.04227],
  ])('is t · s / √n wide with %i degrees of freedom', (freedom, t) => {
    const values = Array.from({ length: freedom + 1 }, (_, i) => i);
    const { mean, low, high } = meanInterval(values);
    const n = values.length;
    const deviation = Math.sqrt((n * (n + 1)) / 12); // of 0 … n − 1
    expect(mean).toBeCloseTo(freedom / 2, 10);
    expect(((high - mean) * Math.sqrt(n)) / deviation).toBeCloseTo(t, 4);
    expect(mean - low).toBeCloseTo(high - mean, 10);
  });

  it('takes another confidence, and has no width for one value', () => {
    const { high, mean } = meanInterval([0, 1, 2], { confidence: 0.9 });
    expect((high - mean) * Math.sqrt(3)).toBeCloseTo(2.91999, 4);
    expect(meanInterval([4])).toEqual({ mean: 4, low: 4, high: 4 });
  });

  it('refuses what has no mean', () => {
    expect(() => meanInterval([])).toThrow(/finite numbers/);
    expect(() => meanInterval([1, Number.NaN])).toThrow(/finite numbers/);
    expect(() => meanInterval([1, 2], { confidence: 1 })).toThrow(/between 0 and 1/);
  });
});
