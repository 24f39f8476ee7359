import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { klDivergence } from './kl-divergence.js';

// References: torch's kl_div as SpecVQGAN calls it, and scipy's entropy, by fixtures/make_fixtures.py.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/posteriors.json', import.meta.url), 'utf8'));
const { pLogits, qLogits, shape } = fixture;

function softmaxRows(logits: number[], [, classes]: number[]): Float64Array {
  const exponentials = Float64Array.from(logits, Math.exp);
  return exponentials.map((value, i) => {
    const start = i - (i % classes);
    return value / exponentials.subarray(start, start + classes).reduce((sum, x) => sum + x, 0);
  });
}

describe('klDivergence', () => {
  // Tolerance: 1e-12 of the divergence.
  it.each(['logits', 'probabilities'] as const)('agrees with torch and scipy, from %s', (kind) => {
    const p = kind === 'logits' ? pLogits : softmaxRows(pLogits, shape);
    const q = kind === 'logits' ? qLogits : softmaxRows(qLogits, shape);
    expect(Math.abs(klDivergence(p, q, shape, { kind }) / fixture.kl - 1)).toBeLessThan(1e-12);
    const exact = klDivergence(p, q, shape, { kind, epsilon: 0 });
    expect(Math.abs(exact / fixture.klExact - 1)).toBeLessThan(1e-12);
  });

  it('is 0 between equals: exactly without epsilon, within C · epsilon with it', () => {
    const options = { kind: 'logits' } as const;
    expect(klDivergence(pLogits, pLogits, shape, { ...options, epsilon: 0 })).toBe(0);
    expect(Math.abs(klDivergence(pLogits, pLogits, shape, options))).toBeLessThan(shape[1] * 1e-6);
  });

  it('is positive both ways, and not the same', () => {
    const there = klDivergence(pLogits, qLogits, shape, { kind: 'logits', epsilon: 0 });
    const back = klDivergence(qLogits, pLogits, shape, { kind: 'logits', epsilon: 0 });
    expect(there).toBeGreaterThan(0);
    expect(back).toBeGreaterThan(0);
    expect(Math.abs(there - back)).toBeGreaterThan(1e-3);
  });

  it('is finite for zeros and huge logits, Infinity only where it is', () => {
    expect(klDivergence([1, 0], [0.5, 0.5], [1, 2], { epsilon: 0 })).toBeCloseTo(Math.LN2, 12);
    expect(klDivergence([0.5, 0.5], [1, 0], [1, 2], { epsilon: 0 })).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([0.5, 0.5], [1, 0], [1, 2])).toBeCloseTo(
      0.5 * Math.log(0.5e6) + 0.5 * Math.log(0.5),
      5,
    );
    // 1000 is softmax's 1, and the rest underflows to e^−2000.
    expect(klDivergence([-1000, 1000], [1000, -1000], [1, 2], { kind: 'logits', epsilon: 0 })).toBe(2000);
  });

  it('refuses shapes, values and options that make no sense', () => {
    expect(() => klDivergence([0.5, 0.5], [1], [1, 2])).toThrow(ShapeError);
    expect(() => klDivergence([0.5, Number.NaN], [0.5, 0.5], [1, 2])).toThrow(InvalidInputError);
    expect(() => klDivergence([2, 1], [0.5, 0.5], [1, 2])).toThrow(/sum to 3.*kind: 'logits'/);
    expect(() => klDivergence([1.5, -0.5], [0.5, 0.5], [1, 2])).toThrow(/hold -0.5/);
    expect(() => klDivergence([1, 0], [1, 0], [1, 2], { epsilon: -1 })).toThrow(ConfigurationError);
    expect(() => klDivergence([1, 0], [1, 0], [1, 2], { kind: 'odds' as 'logits' })).toThrow(
      ConfigurationError,
    );
  });
});
