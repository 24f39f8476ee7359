import { isDeepStrictEqual } from 'node:util';

/** Which frames of a sound are kept says nothing of what their values mean. */
const OF_FRAMES = ['firstFrames', 'centerFrames', 'frames'];

/** The first setting in which the values of two mel spectrograms differ, however many frames they have. */
export const melDifference = (one: object, other: object): string | undefined =>
  Object.keys(one).find(
    (key) =>
      !OF_FRAMES.includes(key) &&
      !isDeepStrictEqual((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
