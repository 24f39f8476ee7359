import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';

/** A picture as a PNG of its own size. */
export function pictureFile({ width, height, channels, data }: Picture): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels } });
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer();
}
