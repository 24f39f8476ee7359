import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, throwIfCancelled } from '@visual-echoes/core';
import type { WriteShardOptions } from '../dataset/write-shard.js';
import { claimFile } from './claim-file.js';
import type { PreparedClip } from './make-clip.js';
import type { FailedClip, PrepareSource, ShardWork } from './prepare-source.js';

/** The text of a shard's footer that lists the clips that failed, so that the file alone says what became of all. */
export const FAILED = 'visual-echoes.failed';

/** Seconds between looks at what others do. */
const PATIENCE = 1;

/** Writes a shard of prepared clips to `path`. */
export type WriteShard = (
  path: string,
  clips: AsyncIterable<PreparedClip>,
  options: WriteShardOptions,
) => Promise<void>;

/**
 * Makes every shard that is not there, each under a lock, and waits for those that other processes are making; should one
 * of these die, its shard is made here.
 *
 * @param options.onClip is told of every clip of this process as it is done.
 * @throws FileAccessError, ConfigurationError, CancelledError.
 */
export async function makeShards(
  folder: string,
  source: PrepareSource,
  write: WriteShard,
  { signal, onClip }: { signal: AbortSignal; onClip: (file: string) => void },
): Promise<void> {
  for (;;) {
    let isWaiting = false;
    let isIdle = true;
    for await (const work of source.shards()) {
      throwIfCancelled(signal);
      const path = join(folder, work.file);
      if (existsSync(path)) continue;
      const claim = await claimFile(path);
      if (!claim) {
        isWaiting = true;
        continue;
      }
      isIdle = false;
      try {
        // Another may have made it between the look and the claim.
        if (!existsSync(path)) await makeShard(path, work, write, claim.beside, onClip);
      } finally {
        await rm(claim.beside, { force: true });
        await claim.release();
      }
    }
    if (!isWaiting) return;
    if (isIdle) {
      await sleep(PATIENCE * 1000, undefined, { signal }).catch(() => {
        throw new CancelledError();
      });
    }
  }
}

async function makeShard(
  path: string,
  work: ShardWork,
  write: WriteShard,
  beside: string,
  onClip: (file: string) => void,
): Promise<void> {
  const failed: FailedClip[] = [];
  const clips = work.clips((clip) => {
    failed.push(clip);
    onClip(work.file);
  });
  await write(
    path,
    counted(clips, () => onClip(work.file)),
    {
      beside,
      metadata: () => ({ [FAILED]: JSON.stringify(failed) }),
    },
  );
}

async function* counted<Item>(items: AsyncIterable<Item>, onItem: () => void): AsyncGenerator<Item> {
  for await (const item of items) {
    onItem();
    yield item;
  }
}
