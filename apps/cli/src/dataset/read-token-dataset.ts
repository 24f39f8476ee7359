import { join } from 'node:path';
import { ConfigurationError, InvalidInputError, positionsOf, type TokenField } from '@visual-echoes/core';
import type { ClipTokens } from './clip-tokens.js';
import { readDatasetFile } from './dataset-file.js';
import { ShardReader } from './read-shard.js';

/** A dataset of tokens, as training reads it: shard by shard, and of a shard what is asked for. */
export interface TokenDataset {
  folder: string;
  /** `image` and `audio`. */
  fields: TokenField[];
  /** The classes, in the order of their names. */
  labels: string[];
  /** How many clips a split has; 0 where there is no such split. */
  count(split: string): number;
  /** The shards of a split; each holds clips of this one only. */
  shards(split: string): { file: string; rows: number }[];
  /**
   * Clips of a shard, in its order: all, or those from `from` to before `to`.
   * @throws FileAccessError, InvalidInputError for a file that is damaged or not of this dataset.
   */
  read(file: string, range?: { from?: number; to?: number }): Promise<ClipTokens[]>;
}

/**
 * Opens the dataset of tokens in a folder that `visual-echoes prepare` made.
 * @throws FileAccessError, ConfigurationError where it is none, or not finished.
 */
export async function openTokenDataset(folder: string): Promise<TokenDataset> {
  const file = await readDatasetFile(folder);
  if (file.holds !== 'tokens') {
    throw new ConfigurationError(
      `${folder} holds pictures and mel spectrograms, not tokens. Tokenize it: visual-echoes prepare ${folder} --out TOKENS --model FOLDER.`,
    );
  }
  const fields = ['image', 'audio'].map((name) => {
    const field = file.fields.find((one) => one.name === name);
    if (!field) throw new ConfigurationError(`${folder}: dataset.json: there is no field "${name}".`);
    return field;
  });
  const shards = file.shards.map(({ file: name, split, rows }) => {
    if (rows === undefined) {
      throw new ConfigurationError(
        `${folder} is not finished: ${name} is not counted. Run the visual-echoes prepare that makes it again.`,
      );
    }
    return { file: name, split, rows };
  });
  const open = new Map<string, Promise<ShardReader>>();
  const reader = (name: string): Promise<ShardReader> => {
    if (!shards.some((shard) => shard.file === name)) {
      throw new InvalidInputError(`${folder} has no shard ${name}; its dataset.json lists those it has.`);
    }
    let opened = open.get(name);
    if (!opened) {
      opened = ShardReader.open(join(folder, name));
      open.set(name, opened);
      opened.catch(() => open.delete(name)); // it may be there the next time
    }
    return opened;
  };
  return {
    folder,
    fields,
    labels: file.labels,
    count: (split) => shards.reduce((sum, shard) => sum + (shard.split === split ? shard.rows : 0), 0),
    shards: (split) =>
      shards
        .filter((shard) => shard.split === split && shard.rows > 0)
        .map(({ file, rows }) => ({ file, rows })),
    read: async (name, { from = 0, to = Number.POSITIVE_INFINITY } = {}) => {
      const shard = await reader(name);
      const rows = await shard.read(Math.max(0, from), Math.min(to, shard.rows));
      return rows.map((row) => toClip(row, fields, join(folder, name)));
    },
  };
}

function toClip(row: Record<string, unknown>, [image, audio]: TokenField[], path: string): ClipTokens {
  const { id, label, split, frames, audio: sound } = row;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!isText(id) || !isText(split) || !(label === null || label === undefined || isText(label))) {
    throw new InvalidInputError(`${path} has not the columns id, label and split. Make it again.`);
  }
  if (!Array.isArray(frames) || frames.length === 0) {
    throw new InvalidInputError(`${path}: ${id} has no frames. Make the shard again.`);
  }
  return {
    id,
    label: label ?? null,
    split,
    frames: frames.map((tokens) => toTokens(tokens, image, `${path}: ${id}`)),
    audio: toTokens(sound, audio, `${path}: ${id}`),
  };
}

function toTokens(values: unknown, field: TokenField, where: string): Int32Array {
  const length = positionsOf(field);
  if (!Array.isArray(values) || values.length !== length) {
    const given = Array.isArray(values) ? values.length : 'no';
    throw new InvalidInputError(
      `${where} has ${given} tokens of ${field.name} where ${field.grid.join('×')} = ${length} were due. Make the shard again.`,
    );
  }
  const tokens = Int32Array.from(values);
  const wrong = tokens.find((token, i) => !(token >= 0 && token < field.vocabulary && token === values[i]));
  if (wrong !== undefined) {
    throw new InvalidInputError(
      `${where} has the token ${wrong} of ${field.name}, which has ${field.vocabulary}. Make the shard again.`,
    );
  }
  return tokens;
}
