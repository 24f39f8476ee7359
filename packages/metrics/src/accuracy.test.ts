import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { accuracy, topKAccuracy } from './accuracy.js';

// References: torch's topk, by fixtures/make_fixtures.py. They are fractions of 60, so equal to 1e-15.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/classes.json', import.meta.url), 'utf8'));
const { logits, labels, predicted, shape, topK } = fixture;

describe('accuracy', () => {
  it('agrees with torch', () => {
    expect(accuracy(predicted, Int32Array.from(labels))).toBeCloseTo(topK[1], 15);
  });

  it('refuses other lengths, no samples and what is no class', () => {
    expect(() => accuracy([1, 2], [1])).toThrow(ShapeError);
    expect(() => accuracy([], [])).toThrow(ShapeError);
    expect(() => accuracy([0.5], [1])).toThrow(/predicted\[0\] is 0.5/);
    expect(() => accuracy([1], [-1])).toThrow(InvalidInputError);
  });
});

describe('topKAccuracy', () => {
  it.each(Object.entries<number>(topK))('agrees with torch for the first %s', (k, expected) => {
    expect(topKAccuracy(Float64Array.from(logits), labels, shape, { k: Number(k) })).toBeCloseTo(
      expected,
      15,
    );
  });

  it('is top-1 by default, and never falls with k', () => {
    expect(topKAccuracy(logits, labels, shape)).toBe(accuracy(predicted, labels));
    const all = Array.from({ length: shape[1] }, (_, i) => topKAccuracy(logits, labels, shape, { k: i + 1 }));
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(all.at(-1)).toBe(1);
  });

  it('takes the lower class first where logits are equal, so that equal logits are no free hit', () => {
    const flat = new Float32Array(12);
    expect(topKAccuracy(flat, [0, 1, 2], [3, 4])).toBeCloseTo(1 / 3, 15);
    expect(topKAccuracy(flat, [0, 1, 2], [3, 4], { k: 2 })).toBeCloseTo(2 / 3, 15);
  });

  it('refuses shapes, values and a k that make no sense', () => {
    expect(() => topKAccuracy([1, 2, 3], [0], [1, 2])).toThrow(ShapeError);
    expect(() => topKAccuracy([1, 2], [0, 1], [1, 2])).toThrow(ShapeError);
    expect(() => topKAccuracy([1, Number.NaN], [0], [1, 2])).toThrow(InvalidInputError);
    expect(() => topKAccuracy([1, 2], [2], [1, 2])).toThrow(/from 0 to 1/);
    expect(() => topKAccuracy([1, 2], [0], [1, 2], { k: 3 })).toThrow(ConfigurationError);
  });
});
