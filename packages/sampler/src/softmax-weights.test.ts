import { describe, expect, it } from 'vitest';
import { softmaxWeights } from './softmax-weights.js';

describe('softmaxWeights', () => {
  it('is exp to a relative 1e-13 from 0 to −40, and 0 below', () => {
    const values = Float64Array.from({ length: 50_001 }, (_, i) => 3 - i / 1000);
    const weights = new Float64Array(values.length);
    const total = softmaxWeights(values, 3, 1, weights);
    let worst = 0;
    let sum = 0;
    for (const [i, weight] of weights.entries()) {
      const exact = Math.exp(values[i] - 3);
      if (i < 40_000) worst = Math.max(worst, Math.abs(weight / exact - 1));
      else if (i > 40_000) expect(weight).toBe(0);
      sum += weight;
    }
    expect(worst).toBeLessThan(1e-13);
    expect(total).toBe(sum);
    expect(weights[0]).toBe(1);
  });

  it('divides by the temperature, ignores −Infinity, and passes NaN on', () => {
    const weights = new Float64Array(3);
    softmaxWeights(Float64Array.of(1, -1, -Infinity), 1, 0.5, weights);
    expect(weights[1]).toBeCloseTo(Math.exp(-4), 14);
    expect(weights[2]).toBe(0);
    expect(softmaxWeights(Float64Array.of(1, Number.NaN, 0), 1, 1, weights)).toBeNaN();
    expect(softmaxWeights(Float64Array.of(0, Infinity, 0), Infinity, 1, weights)).toBeNaN();
  });
});
