import { InvalidInputError } from '@visual-echoes/core';
import type { Picture } from '../picture.js';
import { mapPlane, newPlane, type Plane, resize, toGrey } from './plane.js';

/** What `coverPicture` makes. */
export interface CoverPictureOptions {
  width: number;
  height: number;
  channels: 1 | 3;
}

/**
 * A photograph → the largest part from its middle of the wanted shape, at the wanted size: by the mean over each new
 * pixel's area where it shrinks, linearly where it grows. Colours become luma (ITU-R BT.601), grey becomes three equal
 * channels. A picture that is as wanted is given back as it is.
 *
 * @throws InvalidInputError for a picture without pixels.
 *
 * @example
 * const [tokens] = await tokenizer.encode([coverPicture(photograph, { width: 256, height: 256, channels: 3 })]);
 */
export function coverPicture(picture: Picture, { width, height, channels }: CoverPictureOptions): Picture {
  const { width: from, height: across } = picture;
  if (from === width && across === height && picture.channels === channels) return picture;
  if (!(from > 0 && across > 0)) throw new InvalidInputError(`A picture of ${from}×${across} has no pixels.`);

  const scale = Math.min(from / width, across / height);
  const left = (from - width * scale) / 2;
  const top = (across - height * scale) / 2;
  const box = { left, top, right: left + width * scale, bottom: top + height * scale };
  const fitted = (plane: Plane) => resize(plane, width, height, box);
  // Where it grows, a pixel at the edge also takes from beyond it, where all is 0: what it took from within counts.
  const share = fitted(mapPlane(newPlane(from, across), () => 1)).data;

  const planes = channels === 1 ? [toGrey(picture)] : channelsOf(picture);
  const data = new Uint8Array(width * height * channels);
  planes.forEach((plane, channel) => {
    const values = fitted(plane).data;
    const into = planes.length === channels ? [channel] : [0, 1, 2];
    for (const c of into) {
      for (let i = 0; i < values.length; i++)
        data[i * channels + c] = Math.min(255, Math.round((255 * values[i]) / share[i]));
    }
  });
  return { width, height, channels, data };
}

/** The channels of a picture, 0..1. */
function channelsOf({ width, height, channels, data }: Picture): Plane[] {
  return Array.from({ length: channels }, (_, c) =>
    mapPlane(newPlane(width, height), (_, i) => data[i * channels + c] / 255),
  );
}
