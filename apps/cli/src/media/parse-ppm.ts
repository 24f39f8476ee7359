import { InvalidInputError } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';

/** Pictures in ffmpeg's own plain form, one behind the other: binary PPM of 8 bits, in red, green and blue. */
export function parsePpms(bytes: Uint8Array): Picture[] {
  const pictures: Picture[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(64, bytes.length - at));
    const match = /^P6\n(\d+) (\d+)\n255\n/.exec(head.toString('latin1'));
    if (!match) throw new InvalidInputError('ffmpeg gave no pictures that can be read. Update ffmpeg.');
    const [width, height] = [Number(match[1]), Number(match[2])];
    const start = at + match[0].length;
    at = start + width * height * 3;
    if (at > bytes.length) break; // the last was cut off
    pictures.push({ width, height, channels: 3, data: bytes.subarray(start, at) });
  }
  return pictures;
}
