import type { Picture } from '../picture.js';

/** A picture with left and right exchanged. */
export function mirrorPicture(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = (y * width + width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) mirrored[to + c] = data[from + c];
    }
  }
  return { ...picture, data: mirrored };
}
