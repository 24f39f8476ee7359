import { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import { z } from 'zod';
import { augmentFrame } from '../training/augment/augment-frame.js';
import { augmentMel } from '../training/augment/augment-mel.js';
import type { MelConstants } from '../training/augment/mel-constants.js';
import { frameAugmentation, melAugmentation } from '../training/augmentation-file.js';
import type { PreparedClip } from './make-clip.js';

/** The split whose clips are varied. */
const VARIED_SPLIT = 'train';

/** Another sound of a class is looked for among so many clips before, which are kept in memory. */
const NEIGHBOURS = 64;

/** How clips are varied: their frames and their mel spectrograms, with the settings of training files. */
export const clipAugmentation = z.strictObject({
  frames: frameAugmentation.default({}),
  mels: melAugmentation.default({}),
});
export type ClipAugmentation = z.infer<typeof clipAugmentation>;

export interface ClipVariation {
  /** So many further clips of each. */
  count: number;
  augmentation: ClipAugmentation;
  constants: MelConstants;
  seed: number;
}

/**
 * Clips, each followed by its variants, `ID~1`, `ID~2`, …, where it is to be trained on. A clip's variants depend on the
 * seed, on its name, and by `mix` on the clips before it.
 */
export async function* varyClips(
  clips: AsyncIterable<PreparedClip>,
  { count, augmentation, constants, seed }: ClipVariation,
): AsyncGenerator<PreparedClip> {
  const neighbours: { label: string; mel: Mel }[] = [];
  for await (const clip of clips) {
    yield clip;
    const { id, label, split, pictures, mel } = clip;
    if (split !== VARIED_SPLIT) continue;
    const others = neighbours.filter((other) => other.label === label);
    for (let variant = 1; variant <= count; variant++) {
      const random = new Random(seed).fork('variant', id, variant);
      const partner = (draws: Random) => others[draws.integer(others.length)]?.mel;
      yield {
        ...clip,
        id: `${id}~${variant}`,
        pictures: await Promise.all(
          pictures.map((picture, i) => augmentFrame(picture, augmentation.frames, random.fork('frame', i))),
        ),
        mel: augmentMel(mel, augmentation.mels, constants, random.fork('mel'), partner),
      };
    }
    if (label !== null) neighbours.push({ label, mel });
    if (neighbours.length > NEIGHBOURS) neighbours.shift();
  }
}
