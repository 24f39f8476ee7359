import { describe, expect, it } from 'vitest';
import { warpPicture } from './warp-picture.js';

const picture = {
  width: 3,
  height: 3,
  channels: 1 as const,
  data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
};

describe('warpPicture', () => {
  it('turns clockwise', () => {
    expect([...warpPicture(picture, { rotate: 90 }).data]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
    expect([...warpPicture(picture, { rotate: -90 }).data]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });

  it('shears rows to the left below the centre, and resizes about it', () => {
    expect([...warpPicture(picture, { shear: 1 }).data]).toEqual([1, 1, 2, 4, 5, 6, 8, 9, 9]);
    expect([...warpPicture(picture, { scale: 2 }).data]).toEqual([3, 4, 4, 5, 5, 6, 6, 7, 7]);
    expect([...warpPicture(picture, { scale: 0.5 }).data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('leaves what is not turned, and one colour to the edges', () => {
    expect(warpPicture(picture, { rotate: 0 })).toEqual(picture);
    const one = { width: 8, height: 5, channels: 3 as const, data: new Uint8Array(120).fill(200) };
    expect(warpPicture(one, { rotate: 17 })).toEqual(one);
  });
});
