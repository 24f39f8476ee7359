import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';
import { melPicture } from '../output/mel-picture.js';
import { pictureFile } from '../output/picture-file.js';

/** How a sheet is laid out. */
export interface SheetOptions {
  columns?: number;
  rows?: number;
  /** Each pixel becomes a square of so many. */
  scale?: number;
  /** Pixels between tiles. */
  gap?: number;
}

/** The first samples side by side as one PNG, pictures and mel spectrograms alike, all of the first one's size. */
export async function sheet(
  samples: readonly (Picture | Mel)[],
  { columns = 8, rows = 8, scale = 2, gap = 2 }: SheetOptions = {},
): Promise<Uint8Array> {
  const tiles = await Promise.all(samples.slice(0, columns * rows).map(toColour));
  const [{ width, height }] = tiles;
  const stepX = width * scale + gap;
  const stepY = height * scale + gap;
  const lines = Math.ceil(tiles.length / columns);
  const whole = { width: columns * stepX + gap, height: lines * stepY + gap, channels: 3 } as const;
  const data = new Uint8Array(whole.width * whole.height * 3).fill(96);
  tiles.forEach((tile, i) => {
    const left = gap + (i % columns) * stepX;
    const top = gap + Math.floor(i / columns) * stepY;
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = 3 * (Math.floor(y / scale) * width + Math.floor(x / scale));
        data.set(tile.data.subarray(from, from + 3), 3 * ((top + y) * whole.width + left + x));
      }
    }
  });
  return pictureFile({ ...whole, data });
}

async function toColour(sample: Picture | Mel): Promise<Picture> {
  if ('bands' in sample) {
    const data = await sharp(await melPicture(sample))
      .resize(sample.frames, sample.bands, { kernel: 'nearest' })
      .raw()
      .toBuffer();
    return { width: sample.frames, height: sample.bands, channels: 3, data };
  }
  if (sample.channels === 3) return sample;
  const data = new Uint8Array(sample.data.length * 3);
  sample.data.forEach((value, i) => data.fill(value, 3 * i, 3 * i + 3));
  return { ...sample, channels: 3, data };
}
