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

/** Of some drawings the one that is nearest to a hash, where at most `most` of 256 bits differ. */
export function nearestDrawing(
  hash: DifferenceHash,
  others: readonly HashedDrawing[],
  { most = NEAR }: { most?: number } = {},
): Pick<NearDuplicate, 'near' | 'distance'> | undefined {
  let found: Pick<NearDuplicate, 'near' | 'distance'> | undefined;
  for (const other of others) {
    const distance = hashDistance(hash, other.hash);
    if (distance <= (found ? found.distance - 1 : most)) found = { near: other.drawing, distance };
  }
  return found;
}

/** The drawings for training that are nearly one for test of their class, each with the nearest. */
export function nearDuplicates(
  train: readonly HashedDrawing[],
  test: readonly HashedDrawing[],
  { most = NEAR }: { most?: number } = {},
): NearDuplicate[] {
  return train.flatMap(({ drawing, hash }) => {
    const own = test.filter((other) => other.drawing.class === drawing.class);
    const found = nearestDrawing(hash, own, { most });
    return found ? [{ drawing, ...found }] : [];
  });
}
