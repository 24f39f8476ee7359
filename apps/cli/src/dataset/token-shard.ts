import { writeFileAtomically } from '@visual-echoes/core/node';
import type { SchemaElement } from 'hyparquet';
import type { ClipTokens } from './clip-tokens.js';
import { type Columns, listColumn, parquetChunks, schemaOf, textColumn } from './parquet-chunks.js';
import { inGroups, type WriteShardOptions } from './write-shard.js';

/** Rows that a reader takes at once: about 300,000 tokens at the paper's sizes. */
export const TOKEN_ROW_GROUP = 100;

const token: SchemaElement = { name: 'element', type: 'INT32', repetition_type: 'REQUIRED' };

const SCHEMA = schemaOf(
  textColumn('id'),
  textColumn('label', { optional: true }),
  textColumn('split'),
  listColumn('frames', listColumn('element', [token])),
  listColumn('audio', [token]),
);

/**
 * Writes a shard of a dataset of tokens, beside and renamed: Parquet with the columns `id`, `label`, `split`, `frames`
 * (lists of lists of int32) and `audio` (lists of int32), a row group every hundred rows. The same rows give the same
 * bytes.
 * @throws FileAccessError.
 */
export function writeTokenShard(
  path: string,
  rows: Iterable<ClipTokens> | AsyncIterable<ClipTokens>,
  { metadata, ...options }: WriteShardOptions = {},
): Promise<void> {
  const groups = inGroups(rows, TOKEN_ROW_GROUP, columnsOf);
  return writeFileAtomically(path, parquetChunks(SCHEMA, groups, metadata), options);
}

const columnsOf = (rows: readonly ClipTokens[]): Columns => [
  { name: 'id', data: rows.map(({ id }) => id) },
  { name: 'label', data: rows.map(({ label }) => label) },
  { name: 'split', data: rows.map(({ split }) => split) },
  { name: 'frames', data: rows.map(({ frames }) => frames.map((tokens) => Array.from(tokens))) },
  { name: 'audio', data: rows.map(({ audio }) => Array.from(audio)) },
];
