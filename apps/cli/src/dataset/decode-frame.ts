import { InvalidInputError } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';

/**
 * A frame as a dataset keeps it, JPEG or PNG, → its pixels.
 * @param where what the error calls the clip.
 * @throws InvalidInputError for what is no picture.
 */
export async function decodeFrame(
  frame: Uint8Array,
  { channels, where }: { channels: 1 | 3; where: string },
): Promise<Picture> {
  const { data, info } = await sharp(frame)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw new InvalidInputError(`${where} has a picture that cannot be read. Make the shard again.`, {
        cause,
      });
    });
  return { width: info.width, height: info.height, channels, data: new Uint8Array(data) };
}
