import { describe, expect, it } from 'vitest';
import { compareFloats, compareIndices } from './compare.js';

const reference = { shape: [4], data: Float32Array.of(0, 1, -2, 0.5) };

describe('compareFloats', () => {
  it('measures the largest difference by the largest reference', () => {
    const row = compareFloats('x', Float32Array.of(0, 1, -2, 0.75), reference);
    expect(row).toMatchObject({ difference: 0.25, reference: 2, ratio: 0.125, pass: false });
    expect(compareFloats('x', Float32Array.of(0, 1.0001, -2, 0.5), reference).pass).toBe(true);
    expect(compareFloats('x', Float32Array.of(0, 1.0003, -2, 0.5), reference).pass).toBe(false);
    expect(compareFloats('x', Float32Array.of(0, 1.0003, -2, 0.5), reference, { limit: 1e-3 }).pass).toBe(
      true,
    );
  });

  it('fails what is not a number, also in the reference, and what has another length', () => {
    expect(compareFloats('x', Float32Array.of(Number.NaN, 1, -2, 0.5), reference).pass).toBe(false);
    expect(compareFloats('x', Float32Array.of(0, 1, -2, Number.NaN), reference).pass).toBe(false);
    expect(compareFloats('x', new Float32Array(3), reference)).toMatchObject({ pass: false });
    const broken = { shape: [1], data: Float32Array.of(Number.NaN) };
    expect(compareFloats('x', Float32Array.of(0), broken).pass).toBe(false);
  });

  it('accepts rounding where the reference is zero only by `least`', () => {
    const zero = { shape: [1], data: Float32Array.of(0) };
    expect(compareFloats('x', Float32Array.of(0), zero).pass).toBe(true);
    expect(compareFloats('x', Float32Array.of(1e-9), zero).pass).toBe(false);
    expect(compareFloats('x', Float32Array.of(1e-9), zero, { least: 1e-4 }).pass).toBe(true);
  });
});

describe('compareIndices', () => {
  it('asks for every index', () => {
    const indices = { shape: [3], data: Float32Array.of(5, 0, 2) };
    expect(compareIndices('i', Int32Array.of(5, 0, 2), indices).pass).toBe(true);
    expect(compareIndices('i', Int32Array.of(5, 1, 2), indices)).toMatchObject({
      difference: 1,
      pass: false,
    });
    expect(compareIndices('i', Int32Array.of(5, 0), indices).pass).toBe(false);
  });
});
