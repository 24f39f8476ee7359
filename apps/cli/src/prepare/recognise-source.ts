import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { DATASET_FILE } from '../dataset/dataset-file.js';
import { fileMedium } from './file-place.js';
import type { SourceKind } from './listing.js';
import { walkFolder } from './walk-folder.js';

/** So many files of a folder are looked at for a video. */
const MOST_FILES = 100_000;

/**
 * What a source is: a file is VGGSound's list; a folder with a `dataset.json` is a dataset; one with a video in it holds
 * videos; any other with pictures and sounds holds pairs.
 * @throws FileAccessError; ConfigurationError where it is none of them.
 */
export async function recogniseSource(path: string): Promise<SourceKind> {
  const found = await stat(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  if (!found.isDirectory()) return 'vggsound';
  if (existsSync(join(path, DATASET_FILE))) return 'dataset';
  const media = new Set<string>();
  let files = 0;
  for await (const file of walkFolder(path)) {
    const medium = fileMedium(file);
    if (medium === 'video') return 'videos';
    if (medium) media.add(medium);
    if (++files >= MOST_FILES) break;
  }
  if (media.size === 2) return 'pairs';
  const [only] = media;
  throw new ConfigurationError(
    only
      ? `${path} holds ${only}s only; pairs are of a picture and a sound. Name the folder that holds both.`
      : `There are no videos, and no pictures and sounds, in ${path}; check the path.`,
  );
}
