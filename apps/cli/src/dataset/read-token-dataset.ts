import { ConfigurationError, type TokenField } from '@visual-echoes/core';
import type { ClipTokens } from './clip-tokens.js';
import { openDataset } from './read-dataset.js';

/** A dataset of tokens, as training reads it: shard by shard, and of a shard what is asked for. */
export interface TokenDataset {
  folder: string;
  /** `image` and `audio`. */
  fields: TokenField[];
  /** The classes, in the order of their names. */
  labels: string[];
  /** How many clips a split has; 0 where there is no such split. */
  count(split: string): number;
  /** The shards of a split that have clips; each holds clips of this split only. */
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
  const dataset = await openDataset(folder);
  if (dataset.holds !== 'tokens') {
    throw new ConfigurationError(
      `${folder} holds pictures and mel spectrograms, not tokens. Tokenize it: visual-echoes prepare ${folder} --out TOKENS --model FOLDER.`,
    );
  }
  const { fields, labels, rows } = dataset;
  const shards = (split: string) => dataset.shards.filter((shard) => shard.split === split && shard.rows > 0);
  return {
    folder,
    fields,
    labels,
    count: (split) => shards(split).reduce((sum, { rows }) => sum + rows, 0),
    shards: (split) => shards(split).map(({ file, rows }) => ({ file, rows })),
    read: async (file, range) => {
      const clips: ClipTokens[] = [];
      for await (const clip of rows(file, range)) clips.push(clip);
      return clips;
    },
  };
}
