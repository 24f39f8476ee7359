import { InvalidInputError } from '@visual-echoes/core';
import type { TokenDataset } from '../../dataset/read-token-dataset.js';
import { type PackedClips, packClips } from './packed-clips.js';

/** Clips that are read at once: a few row groups, so that their long form is never large. */
const PIECE = 200;

/**
 * All clips of a shard, packed, piece by piece.
 * @throws InvalidInputError where it has another number of rows than its dataset says.
 */
export async function readClips(
  dataset: Pick<TokenDataset, 'fields' | 'labels' | 'read'>,
  { file, rows }: { file: string; rows: number },
): Promise<PackedClips[]> {
  const pieces: PackedClips[] = [];
  for (let from = 0; from < rows; from += PIECE) {
    const to = Math.min(rows, from + PIECE);
    const clips = await dataset.read(file, { from, to });
    if (clips.length !== to - from) {
      throw new InvalidInputError(
        `${file} has ${from + clips.length} rows where its dataset says ${rows}; make the dataset again.`,
      );
    }
    pieces.push(packClips(clips, dataset));
  }
  return pieces;
}
