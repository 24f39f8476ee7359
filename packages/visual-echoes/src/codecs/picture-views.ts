import type { Picture } from '@visual-echoes/vq-image';

/** Which further views there are of a picture. */
export interface PictureViews {
  /** Moves it by so many pixels to each of the four sides. */
  shift?: number | undefined;
  /** Mirrors the picture and all that is moved. */
  mirror?: boolean | undefined;
}

const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** The further views of a picture, itself not among them. */
export function pictureViews(picture: Picture, { shift = 0, mirror = false }: PictureViews): Picture[] {
  const moved = shift > 0 ? SIDES.map(([x, y]) => movePicture(picture, x * shift, y * shift)) : [];
  return mirror ? [...moved, ...[picture, ...moved].map(mirrorPicture)] : moved;
}

/** Moves a picture by whole pixels, to the right and down; the edges go on outside. */
export function movePicture(picture: Picture, dx: number, dy: number): Picture {
  const within = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const { width, height } = picture;
  return rearrange(picture, (x, y) => within(y - dy, height) * width + within(x - dx, width));
}

/** Left becomes right. */
export const mirrorPicture = (picture: Picture): Picture =>
  rearrange(picture, (x, y) => (y + 1) * picture.width - 1 - x);

/** Takes each pixel from that of the number which `source` says. */
function rearrange(
  { width, height, channels, data }: Picture,
  source: (x: number, y: number) => number,
): Picture {
  const rearranged = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = source(x, y) * channels;
      rearranged.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, data: rearranged };
}
