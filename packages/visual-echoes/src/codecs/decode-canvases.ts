import { type Canvas, Random } from '@visual-echoes/core';
import type { GeneratedPair } from '../generation/media.js';
import type { PictureCodec } from './picture-codec.js';
import type { SoundCodec } from './sound-codec.js';

/** Turns the fields in `outputs` of finished canvases into media; `seeds` are the vocoder's, one each. */
export async function decodeCanvases(
  canvases: readonly Canvas[],
  { pictures, sounds }: { pictures: PictureCodec; sounds: SoundCodec },
  {
    outputs,
    seeds,
    signal,
  }: {
    outputs: readonly ('image' | 'audio')[];
    seeds: readonly number[];
    signal?: AbortSignal | undefined;
  },
): Promise<Partial<Pick<GeneratedPair, 'sound' | 'mel' | 'picture'>>[]> {
  const media: Partial<GeneratedPair>[] = canvases.map(() => ({}));
  const options = signal ? { signal } : {};
  const tokensOf = (name: string) => canvases.map((canvas) => canvas[name]);
  if (outputs.includes('image')) {
    const decoded = await pictures.tokenizer.decode(tokensOf('image'), options);
    for (const [i, picture] of decoded.entries()) media[i].picture = picture;
  }
  if (outputs.includes('audio')) {
    const mels = await sounds.tokenizer.decode(tokensOf('audio'), options);
    const own = seeds.map((seed) => new Random(seed).fork('vocoder').bits());
    const made = await sounds.vocode(mels, { seeds: own, signal });
    media.forEach((one, i) => {
      one.mel = mels[i];
      one.sound = made[i];
    });
  }
  return media;
}
