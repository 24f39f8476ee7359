import type { Mel } from '@visual-echoes/vq-audio';
import sharp from 'sharp';

/** Eleven points of matplotlib's viridis (Smith and van der Walt, 2015), evenly spaced; between them it is near to linear. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
] as const;

/** A mel spectrogram as a PNG, the lowest band at the bottom, each value a square so that the longer side has 512 pixels or more. */
export async function melPicture({ bands, frames, data }: Mel): Promise<Uint8Array> {
  const pixels = new Uint8Array(bands * frames * 3);
  for (let band = 0; band < bands; band++) {
    for (let frame = 0; frame < frames; frame++) {
      pixels.set(viridis(data[band * frames + frame]), ((bands - 1 - band) * frames + frame) * 3);
    }
  }
  const scale = Math.max(1, Math.ceil(512 / Math.max(bands, frames)));
  return sharp(pixels, { raw: { width: frames, height: bands, channels: 3 } })
    .resize({ width: frames * scale, height: bands * scale, kernel: 'nearest' })
    .png()
    .toBuffer();
}

/** 0..1 → red, green, blue, 0..255. */
function viridis(value: number): number[] {
  const position = Math.min(1, Math.max(0, value)) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(position));
  return VIRIDIS[below].map((x, i) => Math.round(x + (VIRIDIS[below + 1][i] - x) * (position - below)));
}
