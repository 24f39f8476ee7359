import { readFile, stat } from 'node:fs/promises';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';
import { flattenAlpha } from './flatten-alpha.js';

/** Larger pictures are refused: they are more likely made to fill the memory than to show something. */
const MOST_PIXELS = 160e6;

/** A side of a JPEG has at most so many pixels; rows of millions take seconds and show nothing either. */
const LONGEST_SIDE = 65_535;

/** Larger pictures are made smaller while they are read; no preprocessing needs more. */
const LARGEST_SIDE = 1280;

/** Seconds, after which reading is given up. */
const LONGEST = 30;

/**
 * Reads a picture of any format that sharp knows (PNG, JPEG, WebP, AVIF, GIF, TIFF, SVG): its first frame, turned as
 * its EXIF entry says, in sRGB or grey of 8 bits, transparent parts filled as `flattenAlpha` does. An SVG is drawn at
 * the size that it states, and loads nothing from outside.
 * @throws FileAccessError, InvalidInputError; both name the file.
 */
export async function readPicture(path: string): Promise<Picture> {
  const { size } = await stat(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  if (size === 0) throw new InvalidInputError(`${path} is empty (0 bytes). Copy or export it again.`);
  try {
    const options = { limitInputPixels: MOST_PIXELS };
    const { space, format, hasAlpha, width, height } = await sharp(path, options).metadata();
    if (Math.max(width, height) > LONGEST_SIDE) {
      throw new InvalidInputError(
        `${path} has ${width}×${height} pixels, over the limit of ${LONGEST_SIDE} a side. Make it smaller.`,
      );
    }
    const channels = space === 'b-w' || space === 'grey16' ? 1 : 3;
    // Without a path, an SVG has no folder to load files from.
    const image = sharp(format === 'svg' ? await readFile(path) : path, options)
      .timeout({ seconds: LONGEST })
      .autoOrient()
      .resize({ width: LARGEST_SIDE, height: LARGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const { data, info } = await (hasAlpha ? image.ensureAlpha() : image.removeAlpha())
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
      .catch((cause: Error) => {
        if (!cause.message.includes('pixel limit')) throw cause;
        throw new InvalidInputError(
          `${path} has ${width}×${height} pixels, over the limit of ${MOST_PIXELS / 1e6} million. Make it smaller.`,
        );
      });
    return {
      width: info.width,
      height: info.height,
      channels,
      data: hasAlpha ? flattenAlpha(data, channels) : data,
    };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const { message } = cause as Error;
    if (/permission denied/i.test(message)) throw fileAccessError('read', path, { code: 'EACCES' });
    throw new InvalidInputError(`${path} ${inWords(message)}.`, { cause });
  }
}

/** What libvips says, said to people. */
function inWords(message: string): string {
  if (/unsupported image format|no decoding plugin|unsupported codec/i.test(message)) {
    return 'is of a format that is not read here. Convert it to PNG or JPEG';
  }
  if (/pixel limit/.test(message)) {
    return `has more than ${MOST_PIXELS / 1e6} million pixels. Make it smaller`;
  }
  if (/^timeout/.test(message)) return `took longer than ${LONGEST} s to read. Make it smaller or simpler`;
  return `is damaged or cut off (${message
    .split('\n')[0]
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 200)}). Copy or export it again`;
}
