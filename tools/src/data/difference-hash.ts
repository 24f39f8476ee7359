import sharp from 'sharp';
import type { DrawnPicture } from './read-drawing.js';

/** Cells of a row and of a column. */
const CELLS = 16;

/** A perceptual hash and that of the mirrored picture, of 256 bits each, as numbers of 0 and 1. */
export interface DifferenceHash {
  plain: Uint8Array;
  mirrored: Uint8Array;
}

/**
 * A drawing's difference hash (Krawetz, "Kind of like that", 2013): on white, in grey, 17 × 16 cells, and for each whether
 * its right neighbour is brighter.
 */
export async function differenceHash({ width, height, data }: DrawnPicture): Promise<DifferenceHash> {
  const grey = await sharp(data, { raw: { width, height, channels: 4 } })
    .flatten({ background: '#ffffff' })
    .toColourspace('b-w')
    .resize(CELLS + 1, CELLS, { fit: 'fill', kernel: 'cubic' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return { plain: brighter(grey, 1), mirrored: brighter(grey, -1) };
}

/** How many bits of two drawings' hashes differ, the second as it is or mirrored: 0 to 256. */
export function hashDistance(a: DifferenceHash, b: DifferenceHash): number {
  return Math.min(differing(a.plain, b.plain), differing(a.plain, b.mirrored));
}

/** @param direction −1 walks a row from its end. */
function brighter(grey: Uint8Array, direction: 1 | -1): Uint8Array {
  const bits = new Uint8Array(CELLS * CELLS);
  for (let y = 0; y < CELLS; y++) {
    const start = y * (CELLS + 1) + (direction === 1 ? 0 : CELLS);
    for (let x = 0; x < CELLS; x++) {
      const at = start + direction * x;
      // A step of one grey level is noise of the drawing of it.
      bits[y * CELLS + x] = grey[at + direction] > grey[at] + 2 ? 1 : 0;
    }
  }
  return bits;
}

function differing(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}
