import { join } from 'node:path';
import { Random } from '@visual-echoes/core';
import { MEL_DIGITS } from '@visual-echoes/vq-audio';
import sharp from 'sharp';
import { writeDatasetFile } from '../dataset/dataset-file.js';
import { writeMediaShard } from '../dataset/media-shard.js';

export interface LabelledDatasetOptions {
  classes: readonly string[];
  /** How many clips each split has of each class, of two pictures each. */
  clips?: Record<string, number>;
  side?: number;
  bands?: number;
  frames?: number;
  configuration?: Record<string, unknown>;
  /** Whether clips are of no class. */
  isBare?: boolean;
}

/** A dataset in whose pictures a bright row, and in whose mel spectrograms a loud band, says the class. */
export async function writeLabelledDataset(
  folder: string,
  {
    classes,
    clips: counts = { train: 4, test: 2 },
    side = 28,
    bands = 64,
    frames = 64,
    configuration = JSON.parse(JSON.stringify(MEL_DIGITS)),
    isBare = false,
  }: LabelledDatasetOptions,
): Promise<void> {
  const random = new Random(1);
  const striped = (rows: number, columns: number, own: number) => {
    const values = random.uniforms(rows * columns, 0, 0.3);
    const row = Math.floor(((own + 0.5) * rows) / classes.length);
    return values.fill(0.9, row * columns, (row + 1) * columns);
  };
  const picture = (own: number) =>
    sharp(
      Uint8Array.from(striped(side, side, own), (value) => 255 * value),
      { raw: { width: side, height: side, channels: 1 } },
    )
      .png()
      .toBuffer();
  const shards: { file: string; split: string; rows: number }[] = [];
  for (const [split, count] of Object.entries(counts)) {
    const rows = [];
    for (const [own, label] of classes.entries()) {
      for (let i = 0; i < count; i++) {
        rows.push({
          ...{ id: `${split}/${label}/${i}.wav`, label: isBare ? null : label, split },
          frames: [await picture(own), await picture(own)],
          mel: { bands, frames, data: striped(bands, frames, own) },
        });
      }
    }
    const file = `${split}-00000.parquet`;
    await writeMediaShard(join(folder, file), rows);
    shards.push({ file, split, rows: rows.length });
  }
  await writeDatasetFile(folder, {
    format: 1,
    holds: 'media',
    labels: isBare ? [] : [...classes].sort(),
    shards,
    settings: { frames: 2 },
    picture: { width: side, height: side, channels: 1, encoding: 'png' },
    mel: { bands, frames, encoding: 'float16', configuration: configuration as Record<string, never> },
  });
}
