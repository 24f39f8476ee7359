import type { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import { levelMel } from './level-mel.js';
import type { MelConstants } from './mel-constants.js';
import { mixMels } from './mix-mels.js';
import { warpMel } from './warp-mel.js';

/** How a dataset's mel spectrogram is varied for a training step; single numbers are the half-widths of uniform draws. */
export interface MelAugmentation {
  /** Of a shift in time, in whole frames. */
  shiftFrames?: number | undefined;
  /** Whether what leaves at one end comes in at the other; it is silent there where not. */
  circular?: boolean | undefined;
  /** Of the speed, about 1. */
  stretch?: number | undefined;
  /** Of the pitch, in semitones. */
  pitch?: number | undefined;
  /** Adds another sound of the class: how often, and its level beside its own, in decibels from … to. */
  mix?: { probability: number; level: readonly [number, number] } | undefined;
  /** Of the level, in decibels. */
  gain?: number | undefined;
  /** The standard deviation of noise on each value above silence, in decibels. */
  noise?: number | undefined;
}

/**
 * A mel spectrogram, varied: moved in time and pitch, mixed with another that is moved likewise, and its level changed; the
 * same for the same random numbers.
 * @param partner gives another sound of the same class, where there is one.
 */
export function augmentMel(
  mel: Mel,
  { shiftFrames = 0, circular = false, stretch = 0, pitch = 0, mix, gain = 0, noise = 0 }: MelAugmentation,
  constants: MelConstants,
  random: Random,
  partner?: (random: Random) => Mel | undefined,
): Mel {
  const about = (width: number) => random.uniform(-1, 1) * width;
  const moved = (one: Mel) => {
    const shift = Math.round(about(shiftFrames));
    const speed = 1 + about(stretch);
    return warpMel(one, { shift, speed, semitones: about(pitch), circular }, constants);
  };
  let made = moved(mel);
  if (mix && partner && random.uniform() < mix.probability) {
    const other = partner(random);
    if (other) made = mixMels(made, moved(other), random.uniform(...mix.level), constants.scaling);
  }
  return levelMel(made, { gain: about(gain), noise }, constants.scaling, random);
}
