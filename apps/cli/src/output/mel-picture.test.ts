import sharp from 'sharp';
import { expect, it } from 'vitest';
import { melPicture } from './mel-picture.js';

it('draws low bands at the bottom in viridis, large enough to see', async () => {
  const png = await melPicture({ bands: 2, frames: 3, data: Float32Array.of(0, 0.5, 1, 0, 0, 2) });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
  expect(info.width).toBeGreaterThanOrEqual(512);
  expect(info.width / info.height).toBe(3 / 2);
  const bottom = info.height - 1;
  // matplotlib's viridis at 0, 0.5 and 1
  expect([at(0, bottom), at(Math.floor(info.width / 2), bottom), at(info.width - 1, bottom)]).toEqual([
    [68, 1, 84],
    [33, 145, 140],
    [253, 231, 37],
  ]);
  expect([at(0, 0), at(info.width - 1, 0)]).toEqual([
    [68, 1, 84],
    [253, 231, 37],
  ]);
});
