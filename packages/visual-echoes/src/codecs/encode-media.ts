import type { Canvas } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import { batches } from '../generation/lists.js';
import type { Given } from '../generation/media.js';
import type { PictureCodec } from './picture-codec.js';
import { type PictureViews, pictureViews } from './picture-views.js';
import type { SoundCodec } from './sound-codec.js';

/** Things of which the views and mel spectrograms are in memory at once. */
const BATCH = 32;

/** The tokens of what is given, and for each further view of its picture those of the view. */
export interface EncodedMedia {
  tokens: Partial<Canvas>;
  views: Partial<Canvas>[];
}

interface Options {
  /** Of the pictures. None. */
  views?: PictureViews | undefined;
  /** true */
  preprocess?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Turns media, as people bring them or prepared already, into tokens. */
export async function encodeMedia(
  given: readonly Pick<Given, 'picture' | 'sound'>[],
  { pictures, sounds }: { pictures: PictureCodec; sounds: SoundCodec },
  { views = {}, preprocess, signal }: Options,
): Promise<EncodedMedia[]> {
  const options = signal ? { signal } : {};
  const encoded: EncodedMedia[] = [];
  for (const batch of batches(given, BATCH)) {
    const seen = batch.map(({ picture }) => {
      if (!picture) return [];
      const prepared = pictures.prepare(picture, { preprocess });
      return [prepared, ...pictureViews(prepared, views)];
    });
    const mels: Mel[] = [];
    for (const { sound } of batch) if (sound) mels.push(await sounds.prepare(sound, { preprocess }));
    const image = await pictures.tokenizer.encode(seen.flat(), options);
    const audio = await sounds.tokenizer.encode(mels, options);
    batch.forEach(({ sound }, i) => {
      const [own, ...further] = image.splice(0, seen[i].length);
      encoded.push({
        tokens: { ...(own && { image: own }), ...(sound && { audio: audio.shift()! }) },
        views: further.map((tokens) => ({ image: tokens })),
      });
    });
  }
  return encoded;
}
