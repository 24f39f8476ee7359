import { expect, it } from 'vitest';
import { guidanceScale } from './guidance.js';

it('grows from 1 at the first step to the scale at the last', () => {
  const scales = (growth: 'constant' | 'linear' | 'cosine') =>
    [1, 2, 3, 4, 5].map((step) => guidanceScale(5, growth, step, 5));
  expect(scales('constant')).toEqual([5, 5, 5, 5, 5]);
  expect(scales('linear')).toEqual([1, 2, 3, 4, 5]);
  for (const [i, scale] of scales('cosine').entries()) {
    expect(scale).toBeCloseTo([1, 3 - Math.SQRT2, 3, 3 + Math.SQRT2, 5][i], 12);
  }
  expect(guidanceScale(5, 'linear', 1, 1)).toBe(5);
});
