import type { Picture } from 'visual-echoes';

/** A picture as a canvas takes it, opaque. */
export function pictureToImageData({ width, height, channels, data }: Picture): ImageData {
  const image = new ImageData(width, height);
  const rgba = image.data;
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[channels === 3 ? from + 1 : from];
    rgba[to + 2] = data[channels === 3 ? from + 2 : from];
    rgba[to + 3] = 255;
  }
  return image;
}
