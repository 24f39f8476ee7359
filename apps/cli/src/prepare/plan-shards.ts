import { createHash } from 'node:crypto';
import { ConfigurationError } from '@visual-echoes/core';
import type { Shard } from '../dataset/dataset-file.js';
import type { ListedClip, Listing } from './listing.js';

/** More are a mistake in a list. */
const MOST_SPLITS = 100;

/** The clips of one shard. */
export interface ShardPlan {
  file: string;
  split: string;
  clips: ListedClip[];
}

/** What a listing holds, without the clips themselves. */
export interface Survey {
  clips: number;
  /** SHA-256 of all that decides what the clips are. */
  listing: string;
  /** In the order of their characters. */
  labels: string[];
  /** By split, then in the order of the listing. */
  shards: Required<Pick<Shard, 'file' | 'split' | 'clips'>>[];
}

/** Cuts a listing into shards of `size` clips, each of one split; as many clips are in memory as shards of one split each. */
export async function* planShards(listing: Listing, size: number): AsyncGenerator<ShardPlan> {
  const open = new Map<string, ShardPlan>();
  const counts = new Map<string, number>();
  for await (const clip of listing.clips()) {
    const { split } = clip;
    let shard = open.get(split);
    if (!shard) {
      const index = counts.get(split) ?? 0;
      shard = { file: shardFile(split, index), split, clips: [] };
      counts.set(split, index + 1);
      if (counts.size > MOST_SPLITS) {
        throw new ConfigurationError(
          `${listing.name} has more than ${MOST_SPLITS} splits, the last ${split}; check its last column.`,
        );
      }
      open.set(split, shard);
    }
    shard.clips.push(clip);
    if (shard.clips.length < size) continue;
    yield shard;
    open.delete(split);
  }
  for (const split of [...open.keys()].sort()) yield open.get(split)!;
}

/** Goes through a listing once, keeping none of its clips. */
export async function surveyListing(listing: Listing, size: number): Promise<Survey> {
  const hash = createHash('sha256');
  const labels = new Set<string>();
  const shards: Survey['shards'] = [];
  let clips = 0;
  for await (const shard of planShards(listing, size)) {
    shards.push({ file: shard.file, split: shard.split, clips: shard.clips.length });
    clips += shard.clips.length;
    for (const { id, label, split, identity } of shard.clips) {
      if (label !== null) labels.add(label);
      hash.update(`${JSON.stringify([id, label, split, identity])}\n`);
    }
  }
  shards.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { clips, listing: hash.digest('hex'), labels: [...labels].sort(), shards };
}

const shardFile = (split: string, index: number) => `${split}-${String(index).padStart(5, '0')}.parquet`;
