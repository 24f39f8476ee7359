import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { otsuThreshold } from './otsu-threshold.js';

it('parts two heaps of values between them', () => {
  const random = new Random(1);
  const values = Float32Array.from({ length: 1000 }, (_, i) => random.normal(i < 900 ? 0.2 : 0.8, 0.05));
  const threshold = otsuThreshold(values);
  expect(threshold).toBeGreaterThan(0.3);
  expect(threshold).toBeLessThan(0.7);
});

it('is the value itself where all are equal', () => {
  expect(otsuThreshold(new Float32Array(5).fill(0.5))).toBe(0.5);
});
