import { stat } from 'node:fs/promises';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';

/** Larger pictures are refused: they are more likely made to fill the memory than to show something. */
const MOST_PIXELS = 160e6;

/** Larger pictures are made smaller while they are read; no preprocessing needs more. */
const LARGEST_SIDE = 1280;

/**
 * Reads a picture of any format that sharp knows: turned as its EXIF entry says, transparent parts white.
 * @throws FileAccessError, InvalidInputError; both name the file.
 */
export async function readPicture(path: string): Promise<Picture> {
  const { size } = await stat(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  if (size === 0) throw new InvalidInputError(`${path} is empty (0 bytes). Copy or export it again.`);
  try {
    const image = sharp(path, { limitInputPixels: MOST_PIXELS });
    const { space, width, height } = await image.metadata();
    const isGrey = space === 'b-w' || space === 'grey16';
    const { data, info } = await image
      .autoOrient()
      .resize({ width: LARGEST_SIDE, height: LARGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
      .catch((cause: Error) => {
        if (!cause.message.includes('pixel limit')) throw cause;
        throw new InvalidInputError(
          `${path} has ${width}×${height} pixels, over the limit of ${MOST_PIXELS / 1e6} million. Make it smaller.`,
        );
      });
    return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const { message } = cause as Error;
    if (/permission denied/i.test(message)) throw fileAccessError('read', path, { code: 'EACCES' });
    const why = /unsupported image format/.test(message)
      ? 'is of a format that is not read here. Convert it to PNG or JPEG'
      : /pixel limit/.test(message)
        ? `has more than ${MOST_PIXELS / 1e6} million pixels. Make it smaller`
        : `is damaged or cut off (${message.split('\n')[0].trim()}). Copy or export it again`;
    throw new InvalidInputError(`${path} ${why}.`, { cause });
  }
}
