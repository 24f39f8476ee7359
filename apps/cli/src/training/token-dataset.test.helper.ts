import { join } from 'node:path';
import { Random } from '@visual-echoes/core';
import type { ClipTokens } from '../dataset/clip-tokens.js';
import { writeDatasetFile } from '../dataset/dataset-file.js';
import { writeTokenShard } from '../dataset/token-shard.js';

export interface TinyDatasetOptions {
  /** Clips in each shard of the training split. */
  shards?: readonly number[];
  validation?: number;
  image?: { grid: [number, number]; vocabulary: number };
  audio?: { grid: [number, number]; vocabulary: number };
  frames?: number;
  labels?: readonly string[];
}

/** Writes a dataset of clips whose picture, sound and label go together: all their tokens say which class they are of. */
export async function writeTinyDataset(
  folder: string,
  {
    shards = [7, 5, 9, 4],
    validation = 6,
    image = { grid: [2, 3], vocabulary: 12 },
    audio = { grid: [1, 5], vocabulary: 8 },
    frames = 3,
    labels = ['cat', 'dog', 'sea'],
  }: TinyDatasetOptions = {},
): Promise<void> {
  const random = new Random(5);
  const classes = labels.length || 3;
  const tokens = ({ grid: [rows, columns], vocabulary }: typeof image, label: number) =>
    Int32Array.from({ length: rows * columns }, () => {
      const own = Math.floor(vocabulary / classes);
      return label * own + random.integer(own);
    });
  const clips = (split: string, shard: number, count: number): ClipTokens[] =>
    Array.from({ length: count }, (_, i) => {
      const label = random.integer(classes);
      return {
        id: `${split}-${shard}-${i}`,
        label: labels[label] ?? null,
        split,
        frames: Array.from({ length: frames }, () => tokens(image, label)),
        audio: tokens(audio, label),
      };
    });
  const files: { file: string; split: string; rows: number }[] = [];
  for (const [split, sizes] of Object.entries({ train: shards, validation: [validation] })) {
    for (const [i, rows] of sizes.entries()) {
      const file = `${split}-${i}.parquet`;
      await writeTokenShard(join(folder, file), clips(split, i, rows));
      files.push({ file, split, rows });
    }
  }
  await writeDatasetFile(folder, {
    format: 1,
    holds: 'tokens',
    fields: [
      { name: 'image', ...image },
      { name: 'audio', ...audio },
    ],
    labels: [...labels],
    shards: files,
  });
}
