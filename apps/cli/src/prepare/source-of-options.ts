import { realpathSync } from 'node:fs';
import { ConfigurationError } from '@visual-echoes/core';
import type { MediaDatasetFile } from '../dataset/dataset-file.js';
import type { ClipForm } from './clip-form.js';
import { listPairs } from './list-pairs.js';
import { listVggsound } from './list-vggsound.js';
import { listVideos } from './list-videos.js';
import type { Listing, SourceKind } from './listing.js';
import type { PrepareOptions } from './prepare-options.js';
import { listingSource, type PrepareSource } from './prepare-source.js';
import { storedSource } from './stored-source.js';

/**
 * The clips that a source of this kind has.
 * @throws ConfigurationError where the options do not fit it; FileAccessError.
 */
export async function sourceOfOptions(
  path: string,
  kind: SourceKind,
  options: PrepareOptions,
  { form, signal, isTokenized }: { form: ClipForm; signal: AbortSignal; isTokenized: boolean },
): Promise<PrepareSource & { about?: MediaDatasetFile }> {
  if (options.clips && kind !== 'vggsound') {
    throw new ConfigurationError(
      `--clips names the clips of VGGSound's list, and ${path} is none (--kind ${kind}); leave it out.`,
    );
  }
  if (kind !== 'dataset') {
    return listingSource(listingOf(path, kind, options), { size: options.shard, form, signal });
  }
  if (!isTokenized) {
    throw new ConfigurationError(`${path} is prepared already. To make tokens of it, add --model FOLDER.`);
  }
  if (isSame(path, options.out)) {
    throw new ConfigurationError(`${path} would be written over itself; name another folder with --out.`);
  }
  return storedSource(path, { form, signal });
}

function listingOf(path: string, kind: Listing['kind'], options: PrepareOptions): Listing {
  const { frames, seed, clips } = options;
  if (kind === 'videos') return listVideos(path);
  if (kind === 'pairs') return listPairs(path, { frames, seed });
  if (clips) return listVggsound(path, clips);
  throw new ConfigurationError(`${path} is a list of clips; name the folder of the clips with --clips.`);
}

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false; // the second is not there yet
  }
}
