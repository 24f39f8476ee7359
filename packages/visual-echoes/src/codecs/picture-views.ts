import { mirrorPicture, type Picture, type Warp, warpPicture } from '@visual-echoes/vq-image';
import type { SamplingSettings } from '../model-folder/manifest.js';

/** Which further views there are of a picture: moved, turned, resized, sheared, and all of these mirrored. */
export type PictureViews = NonNullable<SamplingSettings['views']>['image'];

/** The further views of a picture, itself not among them. */
export function pictureViews(
  picture: Picture,
  { shift = 0, rotate = 0, scale = 0, shear = 0, mirror = false }: PictureViews,
): Picture[] {
  const warps: Warp[] = [
    ...(shift > 0 ? [{ x: shift }, { x: -shift }, { y: shift }, { y: -shift }] : []),
    ...(rotate > 0 ? [{ rotate }, { rotate: -rotate }] : []),
    ...(scale > 0 ? [{ scale: 1 + scale }, { scale: 1 - scale }] : []),
    ...(shear > 0 ? [{ shear }, { shear: -shear }] : []),
  ];
  const views = warps.map((warp) => warpPicture(picture, warp));
  return mirror ? [...views, ...[picture, ...views].map(mirrorPicture)] : views;
}
