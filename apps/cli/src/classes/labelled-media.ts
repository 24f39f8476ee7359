import { createHash } from 'node:crypto';
import { ConfigurationError, throwIfCancelled } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { decodeFrame } from '../dataset/decode-frame.js';
import type { OpenedMedia } from '../dataset/read-dataset.js';
import { spread } from '../evaluation/evaluation-data.js';
import type { Grouped } from './hold-apart.js';
import { recordingOf } from './recording-of.js';

/** A picture of a class. */
export interface LabelledPicture extends Grouped {
  decode(): Promise<Picture>;
}

/** A sound of a class. */
export interface LabelledSound extends Grouped {
  id: string;
  mel: Mel;
}

/** Of one split, each picture once, however many clips have it. */
export interface LabelledMedia {
  pictures: LabelledPicture[];
  sounds: LabelledSound[];
}

/** Clips whose pictures and mel spectrograms are in memory at most. */
const CLIPS = 2000;

/**
 * Reads a split of a dataset with its classes, which are indices of `classes`; of large ones, 2000 clips, evenly spread.
 * Augmented variants are left out.
 * @throws FileAccessError, InvalidInputError, CancelledError; ConfigurationError where the split has no clips, or where one
 * has no class or another.
 */
export async function readLabelledMedia(
  dataset: OpenedMedia,
  split: string,
  {
    classes = dataset.labels,
    signal,
  }: { classes?: readonly string[]; signal?: AbortSignal | undefined } = {},
): Promise<LabelledMedia> {
  const { folder, about } = dataset;
  const places = dataset.shards
    .filter((shard) => shard.split === split)
    .flatMap(({ file, rows }) =>
      Array.from({ length: rows }, (_, row) => ({ file, from: row, to: row + 1 })),
    );
  if (places.length === 0) {
    const others = dataset.splits.map((name) => `"${name}"`).join(', ') || 'no clips';
    throw new ConfigurationError(
      `${folder} has no clips of the split "${split}"; it has ${others}. Prepare it with one, from folders train/ and test/.`,
    );
  }
  const plain = about.settings['frames']; // augmented variants follow
  const sounds: LabelledSound[] = [];
  const pictures = new Map<string, LabelledPicture>();
  for (const { file, ...range } of joined(spread(places, CLIPS))) {
    for await (const { id, label, frames, mel } of dataset.rows(file, range)) {
      throwIfCancelled(signal);
      const own = classOf(label, classes, `${folder}: ${id}`);
      const group = recordingOf(id);
      sounds.push({ id, mel, class: own, group });
      for (const frame of frames.slice(0, typeof plain === 'number' ? plain : undefined)) {
        const hash = createHash('sha256').update(frame).digest('base64');
        const known = pictures.get(hash);
        // What several recordings share is of none of them.
        if (known && known.group !== group) known.group = hash;
        if (known) continue;
        const { channels } = about.picture;
        const decode = () => decodeFrame(frame, { channels, where: `${folder}: ${id}` });
        pictures.set(hash, { class: own, group, decode });
      }
    }
  }
  return { sounds, pictures: [...pictures.values()] };
}

interface Rows {
  file: string;
  from: number;
  to: number;
}

/** Rows that follow each other as one range, since whole row groups are read. */
function joined(rows: readonly Rows[]): Rows[] {
  const ranges: Rows[] = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && last.file === row.file && last.to === row.from) last.to = row.to;
    else ranges.push({ ...row });
  }
  return ranges;
}

function classOf(label: string | null, classes: readonly string[], where: string): number {
  if (label === null) {
    throw new ConfigurationError(
      `${where} has no class, and classifiers need one of every clip. Prepare the dataset from a folder of each class, or from a list with labels.`,
    );
  }
  const own = classes.indexOf(label);
  if (own >= 0) return own;
  throw new ConfigurationError(
    `${where} is of the class "${label}", and the classifiers tell ${classes.join(', ')} apart. Train them on this dataset with visual-echoes evaluate --train-classifiers --dataset.`,
  );
}
