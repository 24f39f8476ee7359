import { describe, expect, it } from 'vitest';
import { DIGITS } from '../models/digits.js';
import { SOUNDS } from '../models/sounds.js';
import type { Mark } from './sketch.js';
import { sketchPicture } from './sketch-picture.js';

const line: Mark = {
  kind: 'stroke',
  points: [
    [0.2, 0.5, 0.1],
    [0.8, 0.5, 0.1],
  ],
};
const picture = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(200, 100, 0) };

describe('sketchPicture', () => {
  it('is light on dark where the model takes ink', () => {
    const { width, channels, data } = sketchPicture([line], DIGITS.sheet)!;
    expect([width, channels]).toEqual([112, 1]);
    expect([data[0], data[56 * 112 + 56]]).toEqual([0, 255]);
  });

  it('is dark on white paper where it takes colours', () => {
    const { width, channels, data } = sketchPicture([line], SOUNDS.sheet)!;
    expect([width, channels]).toEqual([256, 3]);
    expect([...data.slice(0, 3)]).toEqual([255, 255, 255]);
    const middle = 3 * (128 * 256 + 128);
    expect(Math.max(...data.slice(middle, middle + 3))).toBeLessThan(32);
  });

  it('is a sample as it is, and one that is drawn on in its colours', () => {
    expect(sketchPicture([], SOUNDS.sheet)).toBeUndefined();
    expect(sketchPicture([{ kind: 'photo', picture }], SOUNDS.sheet)).toBe(picture);
    const { data } = sketchPicture([{ kind: 'photo', picture }, line], SOUNDS.sheet)!;
    expect([...data.slice(0, 3)]).toEqual([200, 100, 0]);
  });
});
