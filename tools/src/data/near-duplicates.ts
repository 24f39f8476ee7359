import { type DifferenceHash, hashDistance } from './difference-hash.js';
import type { Drawing } from './drawing-list.js';

/**
 * Bits of 256 that two drawings of one class may differ in and still be one. Of the reviewed list, copies differ in at most
 * 27, and drawings of their own in at least 40.
 */
const NEAR = 32;

/** A drawing with its hash. */
export interface HashedDrawing {
  drawing: Drawing;
  hash: DifferenceHash;
}

/** A drawing for training that is nearly one for test. */
export interface NearDuplicate {
  drawing: Drawing;
  near: Drawing;
  /** Bits that differ, of 256. */
  distance: number;
}

/** The drawings for training that are nearly one for test of their class, each with the nearest. */
export function nearDuplicates(
  train: readonly HashedDrawing[],
  test: readonly HashedDrawing[],
  { most = NEAR }: { most?: number } = {},
): NearDuplicate[] {
  return train.flatMap(({ drawing, hash }) => {
    let found: NearDuplicate | undefined;
    for (const other of test) {
      if (other.drawing.class !== drawing.class) continue;
      const distance = hashDistance(hash, other.hash);
      if (distance <= (found ? found.distance - 1 : most)) found = { drawing, near: other.drawing, distance };
    }
    return found ? [found] : [];
  });
}
