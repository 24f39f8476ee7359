import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '@visual-echoes/core';
import {
  DATASET_FILE,
  type DatasetFile,
  readDatasetFile,
  writeDatasetFile,
} from '../dataset/dataset-file.js';
import { withClaim } from './claim-file.js';

/**
 * Writes what a dataset will be, or checks that the one that is there is the same, so that it can go on.
 * @throws ConfigurationError that names what differs.
 */
export async function beginDataset(folder: string, about: DatasetFile): Promise<void> {
  const path = join(folder, DATASET_FILE);
  if (!existsSync(path)) {
    const isNew = await withClaim(path, async ({ beside }) => {
      if (existsSync(path)) return false;
      await writeDatasetFile(folder, about, { beside });
      return true;
    });
    if (isNew) return;
  }
  const there = await readDatasetFile(folder);
  const difference = firstDifference(planOf(there), planOf(about));
  if (!difference) return;
  throw new ConfigurationError(
    `${folder} was made with ${difference}. Name another folder with --out, or delete this one to make it anew.`,
  );
}

/** All but what became of it, and what the source is called: it may have been moved. */
const planOf = (about: DatasetFile) => ({
  ...about,
  source: { ...about.source, name: undefined },
  shards: about.shards.map(({ rows: _, ...shard }) => shard),
});

/** The first entry that differs, by its path: `settings.frames 10, not 20`. */
function firstDifference(there: unknown, now: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(there, now)) return undefined;
  const [a, b] = [there, now].map((value) => Object(value) as Record<string, unknown>);
  const isNested = [there, now].every((value) => typeof value === 'object' && value !== null);
  // These before all else, since they decide the labels and the shards.
  const first = ['holds', 'source', 'settings', 'kind', 'listing'];
  const names = [...new Set([...first, ...Object.keys(a), ...Object.keys(b)])];
  if (path === 'source.listing') return 'other clips: those of its source have changed since';
  if (!isNested || Array.isArray(there)) return `${path} ${short(there)}, not ${short(now)}`;
  for (const name of names) {
    const found = firstDifference(a[name], b[name], path ? `${path}.${name}` : name);
    if (found) return found;
  }
  return undefined;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
