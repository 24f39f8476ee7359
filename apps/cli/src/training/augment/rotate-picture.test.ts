import { describe, expect, it } from 'vitest';
import { rotatePicture } from './rotate-picture.js';

const picture = {
  width: 3,
  height: 3,
  channels: 1 as const,
  data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
};

describe('rotatePicture', () => {
  it('turns clockwise', () => {
    expect([...rotatePicture(picture, 90).data]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
    expect([...rotatePicture(picture, -90).data]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });

  it('leaves what is not turned, and one colour to the edges', () => {
    expect(rotatePicture(picture, 0)).toEqual(picture);
    const one = { width: 8, height: 5, channels: 3 as const, data: new Uint8Array(120).fill(200) };
    expect(rotatePicture(one, 17)).toEqual(one);
  });
});
