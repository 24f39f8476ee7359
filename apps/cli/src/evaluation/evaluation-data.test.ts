import { describe, expect, it } from 'vitest';
import { ofClasses } from './evaluation-data.js';

describe('ofClasses', () => {
  const media = ['a', 'b', 'c', 'd', 'e'];
  const classes = [1, 1, 1, 1, 2];

  it('gives a medium for each class, spread over those of the class', () => {
    expect(ofClasses(media, classes, [1, 2, 1])).toEqual(['a', 'e', 'c']);
  });

  it('begins again where they are used up, and leaves out a class that has none', () => {
    expect(ofClasses(media, classes, [2, 2, 3])).toEqual(['e', 'e']);
  });
});
