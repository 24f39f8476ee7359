import type { Picture } from '@visual-echoes/vq-image';
import type { RetrievalClip } from './clip.js';
import { pictureDistances } from './distances.js';

/** Of each clip so many frames, in the middle of equal parts, and the index of the clip; all where it has no more. */
export function givenFrames(
  clips: readonly RetrievalClip[],
  count: number,
): { own: number; picture: Picture }[] {
  return clips.flatMap(({ frames }, own) => {
    const parts = Math.min(count, frames.length);
    return Array.from({ length: parts }, (_, i) => ({
      own,
      picture: frames[Math.floor(((i + 0.5) * frames.length) / parts)],
    }));
  });
}

/** The frame that a picture is compared with: the nearest one. */
export function nearestFrame(made: Picture, frames: readonly Picture[]): Picture {
  const apart = frames.map((frame) => ({ frames: [frame] }));
  const distances = pictureDistances(apart)(made);
  return frames[distances.indexOf(Math.min(...distances))];
}
