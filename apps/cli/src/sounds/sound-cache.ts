import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError, throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import { fileAccessError, writeFileAtomically } from '@visual-echoes/core/node';
import type { ListedFile } from '../files/list-files.js';
import type { Failure } from '../media/find-inputs.js';
import { mapInOrder } from '../prepare/map-in-order.js';
import { peakOf } from './peak.js';
import { readMono } from './read-mono.js';

/** Sounds of one file of samples. */
const SHARD = 256;

/** Sounds that are decoded at once: one is read while another is resampled. */
const AT_ONCE = 2;

/** Of 16 bits. */
const LARGEST = 32_767;

/** A sound that was decoded: where its samples are. */
export interface CachedSound {
  id: string;
  samples: number;
  /** The largest magnitude of its samples, which the largest whole number stands for. */
  peak: number;
  /** The file of its samples, and the first of them in it. */
  shard: number;
  first: number;
}

/** What a file of samples holds, beside it. */
interface ShardFile {
  sampleRate: number;
  /** What it was made of; it is made anew where this is no longer so. */
  made: { id: string; bytes: number; modified: number }[];
  sounds: CachedSound[];
  failures: Failure[];
}

export interface SoundCacheOptions {
  sampleRate: number;
  signal?: AbortSignal | undefined;
  /** Receives the share that is decoded, 0 to 1, that never goes back. */
  onProgress?: (share: number) => void;
}

/**
 * Sounds that were decoded and resampled once, as files of 16 bits a sample, each sound scaled to its own peak: what is
 * quiet keeps its detail. Only what is asked for is in memory.
 */
export class SoundCache {
  private constructor(
    private readonly folder: string,
    readonly sampleRate: number,
    /** In the order of the files. */
    readonly sounds: readonly CachedSound[],
    /** Files that could not be read, and why. */
    readonly failures: readonly Failure[],
  ) {}

  /**
   * Decodes what is not yet in `folder`. What was interrupted goes on; a file that cannot be read is listed and does
   * not stop the rest.
   * @throws FileAccessError where nothing can be written; InvalidInputError where no file can be read; CancelledError.
   */
  static async fill(
    folder: string,
    files: readonly ListedFile[],
    { sampleRate, signal, onProgress = () => {} }: SoundCacheOptions,
  ): Promise<SoundCache> {
    const shards: ShardFile[] = [];
    for (let from = 0; from < files.length; from += SHARD) {
      const own = files.slice(from, from + SHARD);
      const made = own.map(({ id, bytes, modified }) => ({ id, bytes, modified }));
      const there = await readShard(folder, shards.length);
      const isSame = there?.sampleRate === sampleRate && isDeepStrictEqual(there.made, made);
      shards.push(
        isSame
          ? there
          : await writeShard(folder, shards.length, {
              ...{ files: own, made, sampleRate, signal },
              onSound: (count) => onProgress((from + count) / files.length),
            }),
      );
      onProgress((from + own.length) / files.length);
    }
    const failures = shards.flatMap((shard) => shard.failures);
    const sounds = shards.flatMap((shard) => shard.sounds);
    if (sounds.length === 0) {
      throw new InvalidInputError(`None of ${files.length} sounds can be read. ${failures[0]?.error}`);
    }
    return new SoundCache(folder, sampleRate, sounds, failures);
  }

  /** Samples `from` … `to` of a sound. @throws FileAccessError. */
  async read({ shard, first, peak }: CachedSound, from: number, to: number): Promise<Float32Array> {
    const values = new Int16Array(to - from);
    const path = samplesFile(this.folder, shard);
    try {
      const file = await open(path);
      try {
        const { bytesRead } = await file.read(values, 0, values.byteLength, 2 * (first + from));
        if (bytesRead < values.byteLength) {
          throw new InvalidInputError(`${path} is cut off; delete it, and it is made again.`);
        }
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw fileAccessError('read', path, cause);
    }
    return Float32Array.from(values, (value) => (value * peak) / LARGEST);
  }
}

const shardName = (folder: string, shard: number) => join(folder, String(shard).padStart(5, '0'));
const samplesFile = (folder: string, shard: number) => `${shardName(folder, shard)}.bin`;
const indexFile = (folder: string, shard: number) => `${shardName(folder, shard)}.json`;

/** What a shard holds; `undefined` where it is not there whole. */
async function readShard(folder: string, shard: number): Promise<ShardFile | undefined> {
  try {
    const index: ShardFile = JSON.parse(await readFile(indexFile(folder, shard), 'utf8'));
    const file = await open(samplesFile(folder, shard));
    const { size } = await file.stat().finally(() => file.close());
    const samples = index.sounds.reduce((sum, sound) => sum + sound.samples, 0);
    return size === 2 * samples ? index : undefined;
  } catch {
    return undefined; // it is made anew
  }
}

async function writeShard(
  folder: string,
  shard: number,
  {
    files,
    made,
    sampleRate,
    signal,
    onSound,
  }: Pick<ShardFile, 'made' | 'sampleRate'> & {
    files: readonly ListedFile[];
    signal: AbortSignal | undefined;
    onSound: (count: number) => void;
  },
): Promise<ShardFile> {
  const sounds: CachedSound[] = [];
  const failures: Failure[] = [];
  const decode = async ({ id, path }: ListedFile) => {
    try {
      return { id, samples: await readMono(path, sampleRate) };
    } catch (error) {
      if (!(error instanceof VisualEchoesError)) throw error;
      return { id, error: error.message };
    }
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let first = 0;
    for await (const { id, samples, error } of mapInOrder(files, AT_ONCE, decode)) {
      throwIfCancelled(signal);
      onSound(sounds.length + failures.length + 1);
      if (samples === undefined) {
        failures.push({ input: id, error });
        continue;
      }
      const peak = peakOf(samples);
      sounds.push({ id, samples: samples.length, peak, shard, first });
      first += samples.length;
      const factor = peak > 0 ? LARGEST / peak : 0;
      yield new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * factor)).buffer);
    }
  }
  await writeFileAtomically(samplesFile(folder, shard), chunks());
  const index = { sampleRate, made, sounds, failures };
  await writeFileAtomically(indexFile(folder, shard), [`${JSON.stringify(index)}\n`]);
  return index;
}
