import type { Canvas } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Given } from '../generation/media.js';
import type { PictureCodec } from './picture-codec.js';
import { type PictureViews, pictureViews } from './picture-views.js';
import type { SoundCodec } from './sound-codec.js';

/** The tokens of what is given, and for each further view of its picture those of the view. */
export interface EncodedMedia {
  tokens: Partial<Canvas>;
  views: Partial<Canvas>[];
}

/** Turns media, as people bring them or prepared already, into tokens. */
export async function encodeMedia(
  given: readonly Pick<Given, 'picture' | 'sound'>[],
  { pictures, sounds }: { pictures: PictureCodec; sounds: SoundCodec },
  {
    views = {},
    preprocess = true,
    signal,
  }: { views?: PictureViews | undefined; preprocess?: boolean | undefined; signal?: AbortSignal | undefined },
): Promise<EncodedMedia[]> {
  const options = signal ? { signal } : {};
  const seen = given.map(({ picture }) => {
    if (!picture) return [];
    const prepared = preprocess ? pictures.prepare(picture) : picture;
    return [prepared, ...pictureViews(prepared, views)];
  });
  const mels: Mel[] = [];
  for (const { sound } of given) if (sound) mels.push(await sounds.prepare(sound, { preprocess }));
  const image = await pictures.tokenizer.encode(seen.flat(), options);
  const audio = await sounds.tokenizer.encode(mels, options);
  return given.map(({ sound }, i) => {
    const [own, ...further] = image.splice(0, seen[i].length);
    return {
      tokens: { ...(own && { image: own }), ...(sound && { audio: audio.shift()! }) },
      views: further.map((tokens) => ({ image: tokens })),
    };
  });
}
