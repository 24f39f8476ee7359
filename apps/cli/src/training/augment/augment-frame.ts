import type { Random } from '@visual-echoes/core';
import { mirrorPicture, type Picture, warpPicture } from '@visual-echoes/vq-image';
import { cropPicture } from '../../prepare/fit-picture.js';
import { randomBox } from '../../prepare/random-box.js';
import { type ColourJitter, jitterColour } from './jitter-colour.js';

/** How a dataset's frame is varied for a training step. */
export interface FrameAugmentation extends ColourJitter {
  /** The half-width of a uniform draw, in degrees. */
  rotation?: number | undefined;
  /** The least and the most of the area that a random box has, which then fills the frame. */
  scale?: readonly [number, number] | undefined;
  /** The probability of exchanging left and right. */
  mirror?: number | undefined;
}

/** A frame, varied: turned, cut and resized, mirrored, its colours changed; the same for the same random numbers. */
export async function augmentFrame(
  frame: Picture,
  { rotation = 0, scale, mirror = 0, ...colour }: FrameAugmentation,
  random: Random,
): Promise<Picture> {
  const turned = warpPicture(frame, { rotate: random.uniform(-1, 1) * rotation });
  const cut = scale ? await cropPicture(turned, randomBox(turned, random, scale), frame) : turned;
  const mirrored = random.uniform() < mirror ? mirrorPicture(cut) : cut;
  return jitterColour(mirrored, colour, random);
}
