import type { Picture } from 'visual-echoes';

/** What a canvas shows, in red, green and blue; it must be opaque. */
export function rgbPicture({ width, height, data: rgba }: ImageData): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from];
    data[to + 1] = rgba[from + 1];
    data[to + 2] = rgba[from + 2];
  }
  return { width, height, channels: 3, data };
}
