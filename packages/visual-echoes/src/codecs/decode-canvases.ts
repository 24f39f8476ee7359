import { type Canvas, Random } from '@visual-echoes/core';
import type { GeneratedPair } from '../generation/media.js';
import type { PictureCodec } from './picture-codec.js';
import type { SoundCodec } from './sound-codec.js';

/** What a canvas can be turned into; a sound comes with its mel. */
export type Output = 'picture' | 'mel' | 'sound';

/** Turns finished canvases into media; `seeds` are the vocoder's, one each. */
export async function decodeCanvases(
  canvases: readonly Canvas[],
  { pictures, sounds }: { pictures: PictureCodec; sounds: SoundCodec },
  {
    outputs,
    seeds,
    signal,
  }: {
    outputs: readonly Output[];
    seeds: readonly number[];
    signal?: AbortSignal | undefined;
  },
): Promise<Partial<Pick<GeneratedPair, 'sound' | 'mel' | 'picture'>>[]> {
  const media: Partial<GeneratedPair>[] = canvases.map(() => ({}));
  const options = signal ? { signal } : {};
  const tokensOf = (name: string) => canvases.map((canvas) => canvas[name]);
  if (outputs.includes('picture')) {
    const decoded = await pictures.tokenizer.decode(tokensOf('image'), options);
    for (const [i, picture] of decoded.entries()) media[i].picture = picture;
  }
  if (outputs.includes('mel') || outputs.includes('sound')) {
    const mels = await sounds.tokenizer.decode(tokensOf('audio'), options);
    for (const [i, mel] of mels.entries()) media[i].mel = mel;
    if (!outputs.includes('sound')) return media;
    const own = seeds.map((seed) => new Random(seed).fork('vocoder').bits());
    const made = await sounds.vocode(mels, { seeds: own, signal });
    for (const [i, sound] of made.entries()) media[i].sound = sound;
  }
  return media;
}
