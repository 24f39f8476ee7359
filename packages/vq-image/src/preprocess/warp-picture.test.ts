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

  it('moves right and down, and lets the edges go on', () => {
    const wide = { ...picture, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(warpPicture(wide, { x: 1 })).toEqual({ ...wide, data: Uint8Array.of(1, 1, 2, 4, 4, 5) });
    expect(warpPicture(wide, { x: -2 })).toEqual({ ...wide, data: Uint8Array.of(3, 3, 3, 6, 6, 6) });
    expect(warpPicture(wide, { y: 1 })).toEqual({ ...wide, data: Uint8Array.of(1, 2, 3, 1, 2, 3) });
  });

  it('keeps the colours of a pixel together', () => {
    const pair = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect([...warpPicture(pair, { x: 1 }).data]).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('leaves what is not turned, and one colour to the edges', () => {
    expect(warpPicture(picture, { rotate: 0 })).toEqual(picture);
    const one = { width: 8, height: 5, channels: 3 as const, data: new Uint8Array(120).fill(200) };
    expect(warpPicture(one, { rotate: 17 })).toEqual(one);
  });
});
