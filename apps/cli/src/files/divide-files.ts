import { createHash } from 'node:crypto';
import { ConfigurationError, Random } from '@visual-echoes/core';
import { findSplits, HELD_BACK } from '../training/find-splits.js';
import type { ListedFile } from './list-files.js';

export interface DivideFilesOptions {
  /** What the error calls the files: `sounds`, `pictures`. */
  what: string;
  /** Of what is trained on, and of what is held back: the usual names where left out. */
  splits: { train: string; validation?: string | undefined };
  /** Of the files to train on, so many are held back where there is no split for that. */
  share: number;
  /** Says which these are. */
  seed: number;
}

/** The files that are trained on, and those that are held back, by a split or by share. */
export interface DividedFiles {
  train: ListedFile[];
  heldBack: ListedFile[];
}

/**
 * Divides the files of a folder, always in the same way.
 * @throws ConfigurationError where too few are left of either.
 */
export function divideFiles(
  folder: string,
  files: readonly ListedFile[],
  { what, splits, share, seed }: DivideFilesOptions,
): DividedFiles {
  const of = (name: string) => files.filter(({ split }) => split === name);
  const count = (name: string) => of(name).length;
  if (splits.validation !== undefined || HELD_BACK.some((name) => count(name) > 0)) {
    const { train, validation } = findSplits({ folder, count }, splits);
    return { train: of(train), heldBack: of(validation) };
  }
  const all = of(splits.train);
  if (all.length < 2) {
    throw new ConfigurationError(
      `${folder} has ${all.length} ${what} of the split "${splits.train}", and one is held back; 2 or more are needed. ` +
        `Add ${what}, or name another split in "splits".`,
    );
  }
  const number = Math.min(all.length - 1, Math.ceil(share * all.length));
  const held = new Set(new Random(seed).fork('held back').permutation(all.length).subarray(0, number));
  return {
    train: all.filter((_, i) => !held.has(i)),
    heldBack: all.filter((_, i) => held.has(i)),
  };
}

/** What tells these files from others, wherever they lie. */
export function identityOfFiles({ train, heldBack }: DividedFiles): string {
  const hash = createHash('sha256');
  for (const { id, bytes } of [...train, ...heldBack]) hash.update(`${id}\n${bytes}\n`);
  return hash.digest('hex');
}
