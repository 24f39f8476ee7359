import { expect, it } from 'vitest';
import { mirrorPicture } from './mirror-picture.js';

it('exchanges left and right, and nothing of a pixel', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  const picture = { width: 2, height: 2, channels: 3 as const, data };
  expect([...mirrorPicture(picture).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  expect(mirrorPicture(mirrorPicture(picture))).toEqual(picture);
});
