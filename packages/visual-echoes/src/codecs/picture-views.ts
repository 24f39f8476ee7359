import { mirrorPicture, type Picture, warpPicture } from '@visual-echoes/vq-image';
import type { SamplingSettings } from '../model-folder/manifest.js';

/** Which further views there are of a picture: moved, turned, resized, sheared, and all of these mirrored. */
export type PictureViews = NonNullable<SamplingSettings['views']>['image'];

const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** The further views of a picture, itself not among them. */
export function pictureViews(
  picture: Picture,
  { shift = 0, rotate = 0, scale = 0, shear = 0, mirror = false }: PictureViews,
): Picture[] {
  const moved = shift > 0 ? SIDES.map(([x, y]) => movePicture(picture, x * shift, y * shift)) : [];
  const warps = [
    ...(rotate > 0 ? [{ rotate }, { rotate: -rotate }] : []),
    ...(scale > 0 ? [{ scale: 1 + scale }, { scale: 1 - scale }] : []),
    ...(shear > 0 ? [{ shear }, { shear: -shear }] : []),
  ];
  const views = [...moved, ...warps.map((warp) => warpPicture(picture, warp))];
  return mirror ? [...views, ...[picture, ...views].map(mirrorPicture)] : views;
}

/** Moves a picture by whole pixels, to the right and down; the edges go on outside. */
export function movePicture({ width, height, channels, data }: Picture, dx: number, dy: number): Picture {
  const within = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const moved = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (within(y - dy, height) * width + within(x - dx, width)) * channels;
      moved.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, data: moved };
}
