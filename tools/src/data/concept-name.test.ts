import { describe, expect, it } from 'vitest';
import { conceptName, stylesOf } from './concept-name.js';

describe('conceptName', () => {
  it.each([
    ['dog', 'dog'],
    ['dog-2', 'dog'],
    ['dog-side-01-fill', 'dog-side'],
    ['dog-fill-outline', 'dog'],
    ['outline', 'outline'],
    ['traffic-light', 'traffic-light'],
    ['man-running-medium-dark-skin-tone', 'man-running'],
    ['aux', 'aux_'],
  ])('names %s %s', (icon, concept) => {
    expect(conceptName(icon, new Set(['fill', 'outline']))).toBe(concept);
  });

  it.each(['a', '7', '3d', 'letter-b', 'number-9', 'number-2-fill', '../dog', 'a dog', ''])(
    'names %j nothing',
    (icon) => expect(conceptName(icon, new Set(['fill']))).toBeUndefined(),
  );
});

describe('stylesOf', () => {
  it('takes a word for a style where many names of the set end in it', () => {
    const names = Array.from({ length: 199 }, (_, i) => (i % 2 ? `thing-${i}-fill` : `thing-${i}-star`));
    expect(stylesOf([...names, 'traffic-light'])).toEqual(new Set(['fill']));
    expect(stylesOf(['sun-light', 'moon-light', 'light'])).toEqual(new Set(['light']));
  });
});
