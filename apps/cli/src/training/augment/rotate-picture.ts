import type { Picture } from '@visual-echoes/vq-image';

/** A picture, turned clockwise about its centre by degrees (bilinear); its edges go on outside it. */
export function rotatePicture(picture: Picture, degrees: number): Picture {
  if (degrees === 0) return picture;
  const { width, height, channels, data } = picture;
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  const rotated = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = clamp(cx + cos * (x - cx) + sin * (y - cy), width - 1);
      const v = clamp(cy - sin * (x - cx) + cos * (y - cy), height - 1);
      const x0 = Math.floor(u);
      const y0 = Math.floor(v);
      const fx = u - x0;
      const fy = v - y0;
      const top = (y0 * width + x0) * channels;
      const right = x0 < width - 1 ? channels : 0;
      const below = y0 < height - 1 ? width * channels : 0;
      for (let c = 0; c < channels; c++, at++) {
        const i = top + c;
        const upper = data[i] * (1 - fx) + data[i + right] * fx;
        const lower = data[i + below] * (1 - fx) + data[i + below + right] * fx;
        rotated[at] = Math.round(upper * (1 - fy) + lower * fy);
      }
    }
  }
  return { ...picture, data: rotated };
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
