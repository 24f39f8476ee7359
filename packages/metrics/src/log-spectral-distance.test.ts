import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { logSpectralDistance } from './log-spectral-distance.js';

// References: torch, by fixtures/make_fixtures.py; part of the first spectrogram is 0.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/spectra.json', import.meta.url), 'utf8'));
const { a, b, shape } = fixture;
const power = (values: number[]) => values.map((value) => value ** 2);

describe('logSpectralDistance', () => {
  // Tolerance: 1e-11 dB.
  it('agrees with torch, for power and magnitude', () => {
    expect(logSpectralDistance(power(a), power(b), shape)).toBeCloseTo(fixture.power, 11);
    expect(logSpectralDistance(a, b, shape, { kind: 'magnitude' })).toBeCloseTo(fixture.magnitude, 11);
    expect(logSpectralDistance(a, b, shape, { kind: 'magnitude', floor: fixture.floor })).toBeCloseTo(
      fixture.magnitudeWithFloor,
      11,
    );
  });

  it('is symmetric, 0 between equals, and 20 dB where one is ten times the magnitude', () => {
    expect(logSpectralDistance(b, a, shape)).toBe(logSpectralDistance(a, b, shape));
    expect(logSpectralDistance(a, a, shape)).toBe(0);
    const louder = b.map((value: number) => value * 10);
    expect(logSpectralDistance(b, louder, shape, { kind: 'magnitude' })).toBeCloseTo(20, 12);
  });

  it('takes the root over the bands and the mean over the frames', () => {
    // [2 bands, 2 frames]: levels differ by 10 and 0 dB in the first frame, by 0 and 0 in the second.
    expect(logSpectralDistance([10, 1, 1, 1], [1, 1, 1, 1], [2, 2])).toBeCloseTo(Math.sqrt(50) / 2, 12);
  });

  it('refuses decibels, other shapes and options that make no sense', () => {
    expect(() => logSpectralDistance([-20], [1], [1, 1])).toThrow(/turn decibels into power/);
    expect(() => logSpectralDistance([1], [Number.NaN], [1, 1])).toThrow(InvalidInputError);
    expect(() => logSpectralDistance([1], [1, 2], [1, 1])).toThrow(ShapeError);
    expect(() => logSpectralDistance([1], [1], [1, 1], { floor: 0 })).toThrow(ConfigurationError);
    expect(() => logSpectralDistance([1], [1], [1, 1], { kind: 'mel' as 'power' })).toThrow(
      ConfigurationError,
    );
  });
});
