import { ConfigurationError, Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { ClipMedia } from '../dataset/clip-media.js';
import { decodeFrame } from '../dataset/decode-frame.js';
import { expectMedia } from '../dataset/expect-media.js';
import { type OpenedMedia, openDataset } from '../dataset/read-dataset.js';
import { augmentFrame, type FrameAugmentation } from './augment/augment-frame.js';
import { augmentMel, type MelAugmentation } from './augment/augment-mel.js';
import { melConstantsOf } from './augment/mel-constants.js';
import { balancedRows } from './balanced-rows.js';
import { findSplits } from './find-splits.js';
import { ShardStream } from './shards/shard-stream.js';

/** Rows that are read at once, two row groups, and how many times as many are shuffled together. */
const [PIECE, TOGETHER] = [40, 8];

/** Pieces that are held back at most. */
export const MOST_HELD_BACK = 128;

/** A piece of media with its class. */
export interface Labelled<Media> {
  media: Media;
  label: string | null;
}

/** What a tokenizer is trained on: pieces of one step, and those that are held back. */
export interface MediaSamples<Media> {
  take: (step: number, count: number) => Promise<Labelled<Media>[]>;
  held: Labelled<Media>[];
  /** The classes of all. */
  classes: readonly string[];
}

/** The same in batches, as `trainTokenizer` takes it. */
export const inBatches = <Media>({ take, held, classes }: MediaSamples<Media>, batchSize: number) => ({
  draw: (step: number) => take(step, batchSize),
  validation: held,
  classes,
});

export interface MediaSamplesOptions<Augmentation = never> {
  splits: { train: string; validation?: string | undefined };
  seed: number;
  /** Shows every class equally often. */
  balance?: boolean | undefined;
  /** How what is trained on is varied; what is held back stays as it is. */
  augmentation?: Augmentation | undefined;
}

/**
 * Opens a dataset of pictures and mel spectrograms.
 * @throws FileAccessError, ConfigurationError where it is none of them, or has too few clips.
 */
export async function openMedia(folder: string, splits: MediaSamplesOptions['splits']): Promise<OpenedMedia> {
  const dataset = expectMedia(await openDataset(folder), 'a tokenizer is trained on');
  findSplits(counted(dataset), splits);
  return dataset;
}

/** Any frame of every clip. @throws ConfigurationError where the pictures have another form. */
export function pictureSamples(
  dataset: OpenedMedia,
  form: Pick<Picture, 'width' | 'height' | 'channels'>,
  { augmentation = {}, ...options }: MediaSamplesOptions<FrameAugmentation>,
): Promise<MediaSamples<Picture>> {
  const { width, height, channels } = dataset.about.picture;
  if (width !== form.width || height !== form.height || channels !== form.channels) {
    throw new ConfigurationError(
      `${dataset.folder} has pictures of ${width}×${height} in ${channels} channels, and the tokenizer takes ` +
        `${form.width}×${form.height} in ${form.channels}; prepare them anew, or change "picture".`,
    );
  }
  interface Kept {
    frames: Uint8Array[];
    label: string | null;
    where: string;
  }
  const plain = ({ frames, where }: Kept, random: Random) =>
    decodeFrame(frames[random.integer(frames.length)], { channels, where });
  return samples(
    dataset,
    {
      keep: ({ frames, label, id }): Kept => ({ frames, label, where: `${dataset.folder}: ${id}` }),
      plain,
      varied: isEmpty(augmentation)
        ? plain
        : async (kept, random) => augmentFrame(await plain(kept, random), augmentation, random),
    },
    options,
  );
}

/** The mel spectrogram of every clip. @throws ConfigurationError where they have another form. */
export function melSamples(
  dataset: OpenedMedia,
  form: Pick<Mel, 'bands' | 'frames'>,
  { augmentation = {}, ...options }: MediaSamplesOptions<MelAugmentation>,
): Promise<MediaSamples<Mel>> {
  const { bands, frames } = dataset.about.mel;
  if (bands !== form.bands || frames !== form.frames) {
    throw new ConfigurationError(
      `${dataset.folder} has mel spectrograms of ${bands}×${frames}, and the tokenizer takes ${form.bands}×${form.frames}; ` +
        'prepare them anew, or change "mel".',
    );
  }
  const plain = async ({ mel }: LabelledMel) => mel;
  return samples(
    dataset,
    {
      keep: ({ mel, label }): LabelledMel => ({ mel, label }),
      plain,
      varied: isEmpty(augmentation) ? plain : variedMel(dataset, augmentation),
    },
    options,
  );
}

type LabelledMel = Pick<ClipMedia, 'mel' | 'label'>;

function variedMel({ about, folder, labels }: OpenedMedia, augmentation: MelAugmentation) {
  if (augmentation.mix && labels.length === 0) {
    throw new ConfigurationError(`"augmentation.mix" needs classes, and ${folder} has none; leave it out.`);
  }
  const constants = melConstantsOf(about.mel.configuration, folder);
  return async ({ mel, label }: LabelledMel, random: Random, beside: () => LabelledMel[]) =>
    augmentMel(mel, augmentation, constants, random, (draws) => {
      if (label === null) return undefined;
      const others = beside().filter((other) => other.label === label && other.mel !== mel);
      return others[draws.integer(others.length)]?.mel;
    });
}

/** How clips become what is trained on. */
interface MediaOf<Kept, Media> extends Variation<Kept, Media> {
  /** What is kept of a clip in memory. */
  keep: (clip: ClipMedia) => Kept;
}

/** How what is kept becomes what is trained on. */
export interface Variation<Kept, Media> {
  plain: (kept: Kept, random: Random) => Promise<Media>;
  /** @param beside all that is in memory with it. */
  varied: (kept: Kept, random: Random, beside: () => Kept[]) => Promise<Media>;
}

async function samples<Kept extends { label: string | null }, Media>(
  dataset: OpenedMedia,
  { keep, ...media }: MediaOf<Kept, Media>,
  { splits, ...options }: Omit<MediaSamplesOptions, 'augmentation'>,
): Promise<MediaSamples<Media>> {
  const { train, validation } = findSplits(counted(dataset), splits);
  const trained = dataset.shards.filter(({ split }) => split === train);
  const pieces = trained.flatMap(({ file, rows }) =>
    Array.from({ length: Math.ceil(rows / PIECE) }, (_, i) => ({
      file,
      from: i * PIECE,
      to: Math.min(rows, (i + 1) * PIECE),
    })),
  );
  const held = async () => {
    const kept: Kept[] = [];
    for (const { file } of dataset.shards.filter(({ split }) => split === validation)) {
      for await (const clip of dataset.rows(file, { to: MOST_HELD_BACK - kept.length }))
        kept.push(keep(clip));
      if (kept.length >= MOST_HELD_BACK) break;
    }
    return kept;
  };
  return samplesOf(
    {
      sizes: pieces.map(({ from, to }) => to - from),
      labels: () => labelsOfPieces(dataset, pieces),
      read: async (i) => {
        const kept: Kept[] = [];
        for await (const clip of dataset.rows(pieces[i].file, pieces[i])) kept.push(keep(clip));
        return kept;
      },
      held,
      classes: dataset.labels,
    },
    media,
    options,
  );
}

/** What samples are made of, in pieces that are read as a whole. */
export interface SampleSource<Kept> {
  /** Rows of each piece. */
  sizes: readonly number[];
  /** Of each row of each piece its class. */
  labels: () => Promise<(string | null)[][]>;
  read: (piece: number) => Promise<Kept[]>;
  /** What is held back, a hundred or so. */
  held: () => Promise<Kept[]>;
  classes: readonly string[];
}

/** Samples of what is read piece by piece, always the same of a step. */
export async function samplesOf<Kept extends { label: string | null }, Media>(
  source: SampleSource<Kept>,
  { plain, varied }: Variation<Kept, Media>,
  { seed, balance }: Pick<MediaSamplesOptions, 'seed' | 'balance'>,
): Promise<MediaSamples<Media>> {
  const balanced = balance ? balancedRows(await source.labels()) : undefined;
  const stream = new ShardStream({
    sizes: source.sizes.map((size, i) => balanced?.[i].count ?? size),
    read: async (i) => {
      const kept = await source.read(i);
      return [{ rows: balanced?.[i].count ?? kept.length, kept, balanced: balanced?.[i] }];
    },
    pick: (piece, sample, random, together) => {
      const own = piece.kept[piece.balanced?.row(sample, random) ?? sample];
      return async (): Promise<Labelled<Media>> => ({
        media: await varied(own, random, () => together.flatMap(({ kept }) => kept)),
        label: own.label,
      });
    },
    seed,
    together: TOGETHER,
  });
  const made = async (step: number, count: number) =>
    Promise.all((await stream.take((step - 1) * count, count)).map((make) => make()));
  let next: { step: number; media: Promise<Labelled<Media>[]> } | undefined;
  const take = async (step: number, count: number) => {
    const media = next?.step === step ? next.media : made(step, count);
    const taken = await media;
    next = { step: step + 1, media: made(step + 1, count) }; // while this step is computed
    next.media.catch(() => {}); // whoever takes it is told
    return taken;
  };
  const held: Labelled<Media>[] = [];
  const random = new Random(seed).fork('validation');
  for (const kept of await source.held()) {
    held.push({ media: await plain(kept, random), label: kept.label });
  }
  return { take, held, classes: source.classes };
}

/** Of each row of each piece its class. */
async function labelsOfPieces(
  dataset: OpenedMedia,
  pieces: readonly { file: string; from: number; to: number }[],
): Promise<(string | null)[][]> {
  const labels = new Map<string, (string | null)[]>();
  for (const { file } of pieces) if (!labels.has(file)) labels.set(file, await dataset.labelsOf(file));
  return pieces.map(({ file, from, to }) => labels.get(file)!.slice(from, to));
}

export const isEmpty = (settings: object) => Object.keys(settings).length === 0;

const counted = ({ folder, shards }: OpenedMedia) => ({
  folder,
  count: (name: string) => shards.reduce((sum, { split, rows }) => sum + (split === name ? rows : 0), 0),
});
