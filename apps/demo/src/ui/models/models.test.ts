import { describe, expect, it } from 'vitest';
import { DIGITS } from './digits.js';
import { addressWith, MODELS, modelOfSearch } from './models.js';
import { SOUNDS } from './sounds.js';

describe('the models', () => {
  it('are named by the address', () => {
    expect(modelOfSearch('')).toEqual({ about: DIGITS });
    expect(modelOfSearch('?debug&model=digits')).toEqual({ about: DIGITS });
    expect(modelOfSearch('?model=sounds')).toEqual({ about: SOUNDS });
    expect(modelOfSearch('?model=faces')).toEqual({ about: DIGITS, unknown: 'faces' });
  });

  it('have addresses that keep all else', () => {
    const address = 'https://example.org/path/?debug=&threads=2';
    const other = addressWith(SOUNDS, `${address}#draw`, '#dream');
    expect(other).toBe(`${address}&model=sounds#dream`);
    expect(addressWith(DIGITS, other, '#speak')).toBe(`${address}#speak`);
  });

  it.each(MODELS)('$id: has a sample of each class, and lays out some of them', ({ samples, grids }) => {
    const { pictures, sounds, first } = samples;
    expect(new Set(pictures.map(({ name }) => name)).size).toBe(10);
    expect(pictures).toContain(first.picture);
    expect(sounds).toContain(first.sound);
    expect(first.picture.name).toBe(first.sound.name); // a repair is of one thing
    expect(grids.image).toEqual([8, 8]);
  });
});
