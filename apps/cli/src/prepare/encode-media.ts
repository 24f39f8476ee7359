import sharp from 'sharp';
import type { ClipMedia } from '../dataset/clip-media.js';
import type { PreparedClip } from './make-clip.js';

/** JPEG at this quality, with colours in full: the error is about that of one grey level. */
const QUALITY = 95;

/** A prepared clip → its row in a dataset of pictures and mel spectrograms. */
export async function encodeMedia(
  { pictures, ...clip }: PreparedClip,
  encoding: 'jpeg' | 'png',
): Promise<ClipMedia> {
  const frames = await Promise.all(
    pictures.map(({ width, height, channels, data }) => {
      const image = sharp(data, { raw: { width, height, channels } }).toColourspace(
        channels === 1 ? 'b-w' : 'srgb',
      );
      return encoding === 'png'
        ? image.png().toBuffer()
        : image.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
    }),
  );
  return { ...clip, frames };
}
