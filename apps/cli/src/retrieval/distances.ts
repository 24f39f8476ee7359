import { meanAbsoluteError } from '@visual-echoes/metrics';
import type { Mel } from '@visual-echoes/vq-audio';
import { coverPicture, type Picture } from '@visual-echoes/vq-image';
import type { RetrievalClip } from './clip.js';

/** How far a result is from every clip of a list. */
export type Distances<Media> = (made: Media) => Float64Array;

/**
 * Log-mel distance to each clip's sound: the mean absolute difference of the mel spectrograms, in decibels.
 * @param range decibels from 0 to 1 of a mel spectrogram.
 */
export const melDistances =
  (clips: readonly Pick<RetrievalClip, 'mel'>[], range: number): Distances<Mel> =>
  ({ data }) =>
    Float64Array.from(clips, ({ mel }) => range * meanAbsoluteError(data, mel.data));

/** Pixels a side at which pictures are compared: what a tokenizer loses of details counts less than what is shown. */
const SIDE = 32;

/**
 * Pixel distance to each clip's nearest frame, since a sound goes with any of them: the mean absolute difference of the
 * pixels, 0..255, of pictures made small.
 */
export function pictureDistances(clips: readonly Pick<RetrievalClip, 'frames'>[]): Distances<Picture> {
  const small = clips.map(({ frames }) => frames.map((frame) => makeSmall(frame).data));
  return (made) => {
    const { data } = makeSmall(made);
    return Float64Array.from(small, (frames) =>
      Math.min(...frames.map((frame) => meanAbsoluteError(data, frame))),
    );
  };
}

/** A picture at the size that it is compared at. */
export function makeSmall(picture: Picture): Picture {
  const { width, height, channels } = picture;
  const scale = Math.min(1, SIDE / Math.min(width, height));
  if (scale === 1) return picture;
  const form = { width: Math.round(scale * width), height: Math.round(scale * height), channels };
  return coverPicture(picture, form);
}
