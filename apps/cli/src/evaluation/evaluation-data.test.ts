import { describe, expect, it } from 'vitest';
import { withDigits } from './evaluation-data.js';

describe('withDigits', () => {
  const real = { media: ['a', 'b', 'c', 'd', 'e'], digits: [1, 1, 1, 1, 2] };

  it('gives a medium for each digit, spread over those of the digit', () => {
    expect(withDigits(real, [1, 2, 1])).toEqual(['a', 'e', 'c']);
  });

  it('begins again where they are used up, and leaves out a digit that has none', () => {
    expect(withDigits(real, [2, 2, 3])).toEqual(['e', 'e']);
  });
});
