import { ConfigurationError } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes';
import { decodeFrame } from '../dataset/decode-frame.js';
import { expectMedia } from '../dataset/expect-media.js';
import { type OpenedMedia, openDataset } from '../dataset/read-dataset.js';
import { spread } from '../evaluation/evaluation-data.js';
import { HELD_BACK } from '../training/find-splits.js';
import { checkMelForm } from './check-mel-form.js';
import type { RetrievalClip } from './clip.js';

export interface ReadClipsOptions {
  /** Those held back, by one of the usual names; where there are none, `train`. */
  split?: string | undefined;
  /** At most so many, evenly spread over the split. */
  limit: number;
}

/** Clips of a dataset, and the split that they are of. */
export interface ReadClips {
  clips: RetrievalClip[];
  split: string;
}

/**
 * Opens a dataset of pictures and mel spectrograms.
 * @throws FileAccessError, ConfigurationError where it is none, or holds tokens only.
 */
export async function openMediaDataset(folder: string): Promise<OpenedMedia> {
  return expectMedia(await openDataset(folder), 'results are compared with');
}

/**
 * Reads clips of a dataset into the form of a model.
 * @throws FileAccessError, InvalidInputError; ConfigurationError where the split has less than two clips, or mel
 * spectrograms of another form than the model's.
 */
export async function readClips(
  dataset: OpenedMedia,
  model: VisualEchoes,
  { split, limit }: ReadClipsOptions,
): Promise<ReadClips> {
  const { folder, about } = dataset;
  checkMelForm(about.mel, model.manifest, {
    what: folder,
    remedy: `Prepare the sounds anew, or name another model than ${model.manifest.name}.`,
  });
  const chosen = split ?? HELD_BACK.find((name) => dataset.splits.includes(name)) ?? 'train';
  const places = dataset.shards
    .filter((shard) => shard.split === chosen)
    .flatMap(({ file, rows }) => Array.from({ length: rows }, (_, row) => ({ file, row })));
  if (places.length < 2) {
    const others = dataset.splits.map((name) => `"${name}"`).join(', ') || 'no clips';
    throw new ConfigurationError(
      `${folder} has ${places.length} clips of the split "${chosen}", and a clip is told from others; it has ${others}. Name another with --split.`,
    );
  }
  const { channels } = about.picture;
  const plain = about.settings['frames']; // augmented variants follow
  const clips: RetrievalClip[] = [];
  for (const { file, row } of spread(places, limit)) {
    for await (const { id, frames, mel } of dataset.rows(file, { from: row, to: row + 1 })) {
      const pictures = await Promise.all(
        frames
          .slice(0, typeof plain === 'number' ? plain : undefined)
          .map((frame) => decodeFrame(frame, { channels, where: `${folder}: ${id}` })),
      );
      clips.push({ id, frames: pictures.map((picture) => inForm(picture, model)), mel });
    }
  }
  return { clips, split: chosen };
}

/** A picture of a dataset in the form of a model. */
export function inForm(picture: Picture, model: VisualEchoes): Picture {
  const { width, height, channels } = model.manifest.parts.image.picture;
  const fits = picture.width === width && picture.height === height && picture.channels === channels;
  return fits ? picture : model.preparePicture(picture);
}
