import type { Picture } from '../picture.js';

/** How a picture is warped about its centre, and moved then. */
export interface Warp {
  /** Degrees, clockwise. 0. */
  rotate?: number;
  /** How many times larger what is seen becomes. 1. */
  scale?: number;
  /** By how many pixels a row moves to the left for each that it lies below the centre. 0. */
  shear?: number;
  /** Pixels to the right. 0. */
  x?: number;
  /** Pixels down. 0. */
  y?: number;
}

/** A picture that is turned, sheared, resized and moved in its frame (bilinear); its edges go on outside it. */
export function warpPicture(
  picture: Picture,
  { rotate = 0, scale = 1, shear = 0, x: right = 0, y: down = 0 }: Warp,
): Picture {
  if (rotate === 0 && scale === 1 && shear === 0 && right === 0 && down === 0) return picture;
  const { width, height, channels, data } = picture;
  const cos = Math.cos((rotate * Math.PI) / 180) / scale;
  const sin = Math.sin((rotate * Math.PI) / 180) / scale;
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  const warped = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dy = y - down - cy;
      const dx = x - right - cx + shear * dy;
      const u = clamp(cx + cos * dx + sin * dy, width - 1);
      const v = clamp(cy - sin * dx + cos * dy, height - 1);
      const x0 = Math.floor(u);
      const y0 = Math.floor(v);
      const fx = u - x0;
      const fy = v - y0;
      const top = (y0 * width + x0) * channels;
      const beside = x0 < width - 1 ? channels : 0;
      const below = y0 < height - 1 ? width * channels : 0;
      for (let c = 0; c < channels; c++, at++) {
        const i = top + c;
        const upper = data[i] * (1 - fx) + data[i + beside] * fx;
        const lower = data[i + below] * (1 - fx) + data[i + below + beside] * fx;
        warped[at] = Math.round(upper * (1 - fy) + lower * fy);
      }
    }
  }
  return { ...picture, data: warped };
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
