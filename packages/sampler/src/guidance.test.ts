import { expect, it } from 'vitest';
import { guidanceScale } from './guidance.js';

it('grows from 1 at the first step to the scale at the last', () => {
  const scales = (growth: 'constant' | 'linear' | 'cosine') =>
    [1, 2, 3, 4, 5].map((step) => guidanceScale({ scale: 5, growth, interval: [0, 1] }, step, 5));
  expect(scales('constant')).toEqual([5, 5, 5, 5, 5]);
  expect(scales('linear')).toEqual([1, 2, 3, 4, 5]);
  for (const [i, scale] of scales('cosine').entries()) {
    expect(scale).toBeCloseTo([1, 3 - Math.SQRT2, 3, 3 + Math.SQRT2, 5][i], 12);
  }
  expect(guidanceScale({ scale: 5, growth: 'linear', interval: [0, 1] }, 1, 1)).toBe(5);
});

it('is 1 outside the interval', () => {
  const scales = (interval: [number, number]) =>
    [1, 2, 3, 4].map((step) => guidanceScale({ scale: 2, growth: 'constant', interval }, step, 4));
  expect(scales([0, 0.5])).toEqual([2, 2, 1, 1]);
  expect(scales([0.25, 0.75])).toEqual([1, 2, 2, 1]);
  expect(scales([0, 0])).toEqual([1, 1, 1, 1]);
});
