import { mirrorPicture, type Picture, warpPicture } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { pictureViews } from './picture-views.js';

const grey = (...rows: number[][]): Picture => ({
  width: rows[0].length,
  height: rows.length,
  channels: 1,
  data: Uint8Array.from(rows.flat()),
});
const pair: Picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

describe('mirrorPicture', () => {
  it('turns each row around, pixel by pixel', () => {
    expect(mirrorPicture(grey([1, 2, 3], [4, 5, 6]))).toEqual(grey([3, 2, 1], [6, 5, 4]));
    expect([...mirrorPicture(pair).data]).toEqual([4, 5, 6, 1, 2, 3]);
  });
});

describe('pictureViews', () => {
  const picture = grey([1, 2], [3, 4]);
  const moved = [grey([1, 1], [3, 3]), grey([2, 2], [4, 4]), grey([1, 2], [1, 2]), grey([3, 4], [3, 4])];

  it('moves to each side, warps both ways, mirrors all of it, and gives nothing where nothing is asked for', () => {
    expect(pictureViews(picture, { shift: 1 })).toEqual(moved);
    expect(pictureViews(picture, { mirror: true })).toEqual([grey([2, 1], [4, 3])]);
    expect(pictureViews(picture, { shift: 1, mirror: true })).toEqual([
      ...moved,
      grey([2, 1], [4, 3]),
      ...moved.map(mirrorPicture),
    ]);
    const turned = [90, -90].map((degrees) => warpPicture(picture, { rotate: degrees }));
    expect(turned[0]).toEqual(grey([3, 1], [4, 2]));
    expect(pictureViews(picture, { shift: 1, rotate: 90 })).toEqual([...moved, ...turned]);
    expect(pictureViews(picture, { rotate: 90, mirror: true })).toEqual([
      ...turned,
      mirrorPicture(picture),
      ...turned.map(mirrorPicture),
    ]);
    const warps = [{ scale: 1.5 }, { scale: 0.5 }, { shear: 0.5 }, { shear: -0.5 }];
    expect(pictureViews(picture, { scale: 0.5, shear: 0.5 })).toEqual(
      warps.map((warp) => warpPicture(picture, warp)),
    );
    expect(pictureViews(picture, {})).toEqual([]);
  });
});
