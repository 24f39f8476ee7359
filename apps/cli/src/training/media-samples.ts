import { ConfigurationError, Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { ClipMedia } from '../dataset/clip-media.js';
import { decodeFrame } from '../dataset/decode-frame.js';
import { type OpenedMedia, openDataset } from '../dataset/read-dataset.js';
import { findSplits } from './find-splits.js';
import { ShardStream } from './shards/shard-stream.js';

/** Rows that are read at once, two row groups, and how many times as many are shuffled together. */
const [PIECE, TOGETHER] = [40, 8];

/** Pieces that are held back at most. */
const HELD_BACK = 128;

/** What a tokenizer is trained on: pieces of one step, and those that are held back. */
export interface MediaSamples<Media> {
  take: (step: number, count: number) => Promise<Media[]>;
  held: Media[];
}

export interface MediaSamplesOptions {
  splits: { train: string; validation?: string | undefined };
  seed: number;
}

/**
 * Opens a dataset of pictures and mel spectrograms.
 * @throws FileAccessError, ConfigurationError where it is none of them, or has too few clips.
 */
export async function openMedia(folder: string, splits: MediaSamplesOptions['splits']): Promise<OpenedMedia> {
  const dataset = await openDataset(folder);
  if (dataset.holds !== 'media') {
    throw new ConfigurationError(
      `${folder} holds tokens, and a tokenizer is trained on pictures and mel spectrograms; prepare them without --model.`,
    );
  }
  findSplits(counted(dataset), splits);
  return dataset;
}

/** Any frame of every clip. @throws ConfigurationError where the pictures have another form. */
export function pictureSamples(
  dataset: OpenedMedia,
  form: Pick<Picture, 'width' | 'height' | 'channels'>,
  options: MediaSamplesOptions,
): Promise<MediaSamples<Picture>> {
  const { width, height, channels } = dataset.about.picture;
  if (width !== form.width || height !== form.height || channels !== form.channels) {
    throw new ConfigurationError(
      `${dataset.folder} has pictures of ${width}×${height} in ${channels} channels, and the tokenizer takes ` +
        `${form.width}×${form.height} in ${form.channels}; prepare them anew, or change "picture".`,
    );
  }
  const decode = ({ frame, where }: { frame: Uint8Array; where: string }) =>
    decodeFrame(frame, { channels, where });
  return samples(
    dataset,
    ({ frames, id }) => ({ frames, where: `${dataset.folder}: ${id}` }),
    ({ frames, where }, random) => ({ frame: frames[random.integer(frames.length)], where }),
    decode,
    options,
  );
}

/** The mel spectrogram of every clip. @throws ConfigurationError where they have another form. */
export function melSamples(
  dataset: OpenedMedia,
  form: Pick<Mel, 'bands' | 'frames'>,
  options: MediaSamplesOptions,
): Promise<MediaSamples<Mel>> {
  const { bands, frames } = dataset.about.mel;
  if (bands !== form.bands || frames !== form.frames) {
    throw new ConfigurationError(
      `${dataset.folder} has mel spectrograms of ${bands}×${frames}, and the tokenizer takes ${form.bands}×${form.frames}; ` +
        'prepare them anew, or change "mel".',
    );
  }
  return samples(
    dataset,
    ({ mel }) => mel,
    (mel) => mel,
    async (mel) => mel,
    options,
  );
}

async function samples<Kept, Picked, Media>(
  dataset: OpenedMedia,
  keep: (clip: ClipMedia) => Kept,
  pick: (kept: Kept, random: Random) => Picked,
  decode: (picked: Picked) => Promise<Media>,
  { splits, seed }: MediaSamplesOptions,
): Promise<MediaSamples<Media>> {
  const { train, validation } = findSplits(counted(dataset), splits);
  const pieces = dataset.shards
    .filter(({ split }) => split === train)
    .flatMap(({ file, rows }) =>
      Array.from({ length: Math.ceil(rows / PIECE) }, (_, i) => ({
        file,
        from: i * PIECE,
        to: Math.min(rows, (i + 1) * PIECE),
      })),
    );
  const stream = new ShardStream({
    sizes: pieces.map(({ from, to }) => to - from),
    read: async (i) => {
      const kept: Kept[] = [];
      for await (const clip of dataset.rows(pieces[i].file, pieces[i])) kept.push(keep(clip));
      return [{ rows: kept.length, kept }];
    },
    pick: ({ kept }, row, random) => pick(kept[row], random),
    seed,
    together: TOGETHER,
  });
  const decoded = async (step: number, count: number) =>
    Promise.all((await stream.take((step - 1) * count, count)).map(decode));
  let next: { step: number; media: Promise<Media[]> } | undefined;
  const take = async (step: number, count: number) => {
    const media = next?.step === step ? next.media : decoded(step, count);
    const taken = await media;
    next = { step: step + 1, media: decoded(step + 1, count) }; // while this step is computed
    next.media.catch(() => {}); // whoever takes it is told
    return taken;
  };
  const held: Media[] = [];
  const random = new Random(seed).fork('validation');
  for (const { file } of dataset.shards.filter(({ split }) => split === validation)) {
    for await (const clip of dataset.rows(file, { to: HELD_BACK - held.length })) {
      held.push(await decode(pick(keep(clip), random)));
    }
    if (held.length >= HELD_BACK) break;
  }
  return { take, held };
}

const counted = ({ folder, shards }: OpenedMedia) => ({
  folder,
  count: (name: string) => shards.reduce((sum, { split, rows }) => sum + (split === name ? rows : 0), 0),
});
