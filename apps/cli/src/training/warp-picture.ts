import type { Random } from '@visual-echoes/core';

/** How far a training picture may be moved, as half-widths of uniform draws. */
export interface PictureAugmentation {
  /** Degrees. */
  rotation?: number;
  /** Share of the size. */
  scale?: number;
  /** Pixels. */
  shift?: number;
}

/** Rotates, scales and shifts a grey picture `[size × size]` about its centre, black outside (bilinear). */
export function warpPicture(
  pixels: Uint8Array,
  size: number,
  { rotation = 0, scale = 0, shift = 0 }: PictureAugmentation,
  random: Random,
): Uint8Array {
  const angle = (random.uniform(-rotation, rotation) * Math.PI) / 180;
  const zoom = 1 / (1 + random.uniform(-scale, scale));
  const dx = random.uniform(-shift, shift);
  const dy = random.uniform(-shift, shift);
  const cos = Math.cos(angle) * zoom;
  const sin = Math.sin(angle) * zoom;
  const centre = (size - 1) / 2;
  const at = (x: number, y: number) => (x >= 0 && y >= 0 && x < size && y < size ? pixels[y * size + x] : 0);
  const out = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = x - centre - dx;
      const v = y - centre - dy;
      const sx = cos * u - sin * v + centre;
      const sy = sin * u + cos * v + centre;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx;
      const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx;
      out[y * size + x] = Math.round(top * (1 - fy) + bottom * fy);
    }
  }
  return out;
}
