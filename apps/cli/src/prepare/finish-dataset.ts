import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { DATASET_FILE, type DatasetFile, writeDatasetFile } from '../dataset/dataset-file.js';
import { ShardReader } from '../dataset/read-shard.js';
import { withClaim } from './claim-file.js';
import { FAILED } from './make-shards.js';
import type { FailedClip } from './prepare-source.js';

/** The file that lists the clips that failed: one JSON document a line, with `id`, `input` and `reason`. */
export const FAILED_FILE = 'failed.jsonl';

/** So many failures are kept for the summary. */
const MOST_NAMED = 10;

/** What became of a dataset's clips. */
export interface Finished {
  rows: number;
  failed: number;
  /** Clips by split. */
  splits: Record<string, number>;
  /** The first few failures. */
  failures: FailedClip[];
}

/**
 * Counts the shards when all are there, and writes `failed.jsonl`, by shard and in the order of the source, and then the
 * final `dataset.json`. Several processes that do so write the same.
 * @throws FileAccessError, InvalidInputError for a shard that is damaged.
 */
export async function finishDataset(folder: string, about: DatasetFile): Promise<Finished> {
  const finished: Finished = { rows: 0, failed: 0, splits: {}, failures: [] };
  const shards: DatasetFile['shards'] = [];
  const lines = async function* () {
    for (const shard of about.shards) {
      const reader = await ShardReader.open(join(folder, shard.file));
      const failed = JSON.parse(reader.text(FAILED) ?? '[]') as FailedClip[];
      const { rows } = reader;
      shards.push({ ...shard, rows });
      finished.rows += rows;
      finished.failed += failed.length;
      if (rows > 0) finished.splits[shard.split] = (finished.splits[shard.split] ?? 0) + rows;
      finished.failures.push(...failed.slice(0, MOST_NAMED - finished.failures.length));
      yield Buffer.from(failed.map((clip) => `${JSON.stringify(clip)}\n`).join(''));
    }
  };
  await withClaim(join(folder, DATASET_FILE), async ({ beside }) => {
    await writeFileAtomically(join(folder, FAILED_FILE), lines(), { beside });
    await writeDatasetFile(folder, { ...about, shards }, { beside });
    await removeRemains(folder);
  });
  return finished;
}

/** Removes what killed processes left. Nobody writes any more. */
async function removeRemains(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.(parquet|json)(\.lock)?\.[0-9a-f]{12}(\.part)?$/.test(name))
      await rm(join(folder, name), { force: true });
  }
}
