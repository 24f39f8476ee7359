import { join } from 'node:path';
import { ConfigurationError, InvalidInputError, positionsOf, type TokenField } from '@visual-echoes/core';
import type { ClipMedia } from './clip-media.js';
import type { ClipTokens } from './clip-tokens.js';
import {
  type DatasetFile,
  type MediaDatasetFile,
  readDatasetFile,
  type TokenDatasetFile,
} from './dataset-file.js';
import { fromHalves } from './media-shard.js';
import { ShardReader } from './read-shard.js';

/** A finished shard. */
export interface FinishedShard {
  file: string;
  split: string;
  rows: number;
}

interface Opened<File extends DatasetFile, Row> {
  folder: string;
  holds: File['holds'];
  /** What `dataset.json` says. */
  about: File;
  /** The classes, in the order of their names. */
  labels: string[];
  /** The splits that have clips. */
  splits: string[];
  shards: FinishedShard[];
  /**
   * The clips of a shard, in its order: all, or those from `from` to before `to`. One row group is in memory at a time.
   * @throws FileAccessError, InvalidInputError for a file that is damaged or not of this dataset.
   */
  rows(file: string, range?: { from?: number; to?: number }): AsyncIterable<Row>;
  /** The class of every clip of a shard, in its order; no other column is read. @throws as `rows`. */
  labelsOf(file: string): Promise<(string | null)[]>;
}

/** A dataset of tokens. */
export type OpenedTokens = Opened<TokenDatasetFile, ClipTokens> & {
  /** Each grid of tokens of a clip. */
  fields: TokenField[];
};

/** A dataset of pictures and mel spectrograms. */
export type OpenedMedia = Opened<MediaDatasetFile, ClipMedia>;

/**
 * Opens the dataset in a folder that `visual-echoes prepare` made.
 * @throws FileAccessError, ConfigurationError where it is none, or not finished.
 *
 * @example
 * const dataset = await openDataset('data/vggsound');
 * for (const { file } of dataset.shards) {
 *   for await (const clip of dataset.rows(file)) console.log(clip.id, clip.label, clip.frames.length);
 * }
 */
export async function openDataset(folder: string): Promise<OpenedTokens | OpenedMedia> {
  const about = await readDatasetFile(folder);
  const shards = about.shards.map(({ file, split, rows }) => {
    if (rows !== undefined) return { file, split, rows };
    throw new ConfigurationError(
      `${folder} is not finished: ${file} is not counted. Run the visual-echoes prepare that makes it again.`,
    );
  });
  const shard = shardsOf(folder, shards);
  const common = {
    folder,
    labels: about.labels,
    splits: [...new Set(shards.filter(({ rows }) => rows > 0).map(({ split }) => split))],
    shards,
    labelsOf: async (file: string) => {
      const { bounds, read } = await shard(file);
      const rows = await read(0, bounds.at(-1)!, ['label']);
      return rows.map(({ label }) => (typeof label === 'string' ? label : null));
    },
  };
  const rowsBy = <Row>(toRow: (row: Record<string, unknown>, path: string) => Row) => {
    return async function* (
      file: string,
      { from = 0, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
    ): AsyncGenerator<Row> {
      const { bounds, ...opened } = await shard(file);
      for (let group = 1; group < bounds.length; group++) {
        const [start, end] = [Math.max(from, bounds[group - 1]), Math.min(to, bounds[group])];
        for (const row of await opened.read(start, end)) yield toRow(row, join(folder, file));
      }
    };
  };
  if (about.holds === 'media') {
    const { holds, mel } = about;
    return { ...common, holds, about, rows: rowsBy((row, path) => toMedia(row, mel, path)) };
  }
  const { holds, fields } = about;
  const [image, audio] = ['image', 'audio'].map((name) => {
    const field = fields.find((one) => one.name === name);
    if (!field) throw new ConfigurationError(`${folder}: dataset.json: there is no field "${name}".`);
    return field;
  });
  return {
    ...common,
    holds,
    about,
    fields: [image, audio],
    rows: rowsBy((row, path) => toTokens(row, image, audio, path)),
  };
}

/** The shards of a dataset, each of which is opened once. */
function shardsOf(folder: string, shards: readonly FinishedShard[]) {
  const open = new Map<string, Promise<{ bounds: readonly number[]; read: ShardReader['read'] }>>();
  return async (file: string) => {
    if (!shards.some((shard) => shard.file === file)) {
      throw new InvalidInputError(`${folder} has no shard ${file}; its dataset.json lists those it has.`);
    }
    let opened = open.get(file);
    if (!opened) {
      opened = ShardReader.open(join(folder, file)).then((reader) => ({
        bounds: reader.bounds,
        read: (from: number, to: number, columns?: string[]) => reader.read(from, to, columns),
      }));
      open.set(file, opened);
      opened.catch(() => open.delete(file)); // it may be there the next time
    }
    return opened;
  };
}

function common({ id, label, split, frames }: Record<string, unknown>, path: string) {
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isLabel = label === null || label === undefined || isText(label);
  if (!isText(id) || !isText(split) || !isLabel) {
    throw new InvalidInputError(`${path} has not the columns id, label and split. Make it again.`);
  }
  if (!Array.isArray(frames) || frames.length === 0) {
    throw new InvalidInputError(`${path}: ${id} has no frames. Make the shard again.`);
  }
  return { id, label: label ?? null, split, frames: frames as unknown[], where: `${path}: ${id}` };
}

function toTokens(
  row: Record<string, unknown>,
  image: TokenField,
  audio: TokenField,
  path: string,
): ClipTokens {
  const { where, frames, ...clip } = common(row, path);
  return {
    ...clip,
    frames: frames.map((tokens) => checkTokens(tokens, image, where)),
    audio: checkTokens(row['audio'], audio, where),
  };
}

function checkTokens(values: unknown, field: TokenField, where: string): Int32Array {
  const length = positionsOf(field);
  if (!Array.isArray(values) || values.length !== length) {
    const given = Array.isArray(values) ? values.length : 'no';
    throw new InvalidInputError(
      `${where} has ${given} tokens of ${field.name} where ${field.grid.join('×')} = ${length} were due. Make the shard again.`,
    );
  }
  const tokens = Int32Array.from(values);
  const wrong = tokens.find((token, i) => !(token >= 0 && token < field.vocabulary && token === values[i]));
  if (wrong === undefined) return tokens;
  throw new InvalidInputError(
    `${where} has the token ${wrong} of ${field.name}, which has ${field.vocabulary}. Make the shard again.`,
  );
}

function toMedia(
  row: Record<string, unknown>,
  { bands, frames: length }: { bands: number; frames: number },
  path: string,
): ClipMedia {
  const { where, frames, ...clip } = common(row, path);
  const { mel } = row;
  const isBytes = (value: unknown) => value instanceof Uint8Array;
  if (!frames.every(isBytes) || !(mel instanceof Uint8Array) || mel.length !== 2 * bands * length) {
    throw new InvalidInputError(
      `${where} has no pictures, or no mel spectrogram of ${bands}×${length} halves. Make the shard again.`,
    );
  }
  return {
    ...clip,
    frames: frames as Uint8Array[],
    mel: { bands, frames: length, data: fromHalves(mel) },
  };
}
