import type { Random } from '@visual-echoes/core';

/** A part of a picture, in whole pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const RATIOS = [3 / 4, 4 / 3] as const;

/**
 * A random box whose sides are as 3 : 4 to 4 : 3, torchvision's `RandomResizedCrop.get_params`; after ten draws that do
 * not fit, the largest middle of such sides.
 * @param scale the least and the most that it can be of the area; MAGE's where left out.
 */
export function randomBox(
  { width, height }: { width: number; height: number },
  random: Random,
  [least, most]: readonly [number, number] = [0.2, 1],
): Box {
  for (let tries = 0; tries < 10; tries++) {
    const area = width * height * random.uniform(least, most);
    const ratio = Math.exp(random.uniform(Math.log(RATIOS[0]), Math.log(RATIOS[1])));
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (!(w > 0 && w <= width && h > 0 && h <= height)) continue;
    const top = random.integer(height - h + 1);
    return { left: random.integer(width - w + 1), top, width: w, height: h };
  }
  const ratio = Math.min(RATIOS[1], Math.max(RATIOS[0], width / height));
  const w = Math.max(1, Math.min(width, Math.round(height * ratio)));
  const h = Math.max(1, Math.min(height, Math.round(width / ratio)));
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h };
}
