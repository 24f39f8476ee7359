import { fromFloat16s, toFloat16 } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import type { SchemaElement } from 'hyparquet';
import type { ClipMedia } from './clip-media.js';
import { type Columns, listColumn, parquetChunks, schemaOf, textColumn } from './parquet-chunks.js';
import { inGroups, type WriteShardOptions } from './write-shard.js';

/** Rows that a reader takes at once: about 6 MB at the paper's sizes. */
export const MEDIA_ROW_GROUP = 20;

const bytes = (name: string): SchemaElement => ({ name, type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' });

const SCHEMA = schemaOf(
  textColumn('id'),
  textColumn('label', { optional: true }),
  textColumn('split'),
  listColumn('frames', [bytes('element')]),
  bytes('mel'),
);

/**
 * Writes a shard of a dataset of pictures and mel spectrograms, beside and renamed: Parquet with the columns `id`,
 * `label`, `split`, `frames` (lists of JPEG or PNG files) and `mel` (float16, little-endian, `[bands · frames]`).
 * @throws FileAccessError.
 */
export function writeMediaShard(
  path: string,
  rows: Iterable<ClipMedia> | AsyncIterable<ClipMedia>,
  { metadata, ...options }: WriteShardOptions = {},
): Promise<void> {
  const groups = inGroups(rows, MEDIA_ROW_GROUP, columnsOf);
  return writeFileAtomically(path, parquetChunks(SCHEMA, groups, metadata), options);
}

const columnsOf = (rows: readonly ClipMedia[]): Columns => [
  { name: 'id', data: rows.map(({ id }) => id) },
  { name: 'label', data: rows.map(({ label }) => label) },
  { name: 'split', data: rows.map(({ split }) => split) },
  { name: 'frames', data: rows.map(({ frames }) => frames) },
  { name: 'mel', data: rows.map(({ mel }) => toHalves(mel.data)) },
];

function toHalves(values: Float32Array): Uint8Array {
  const halves = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => halves.writeUInt16LE(toFloat16(value), 2 * i));
  return halves;
}

/** What `writeMediaShard` made of a mel's values → the values. */
export function fromHalves(halves: Uint8Array): Float32Array {
  const view = new DataView(halves.buffer, halves.byteOffset, halves.byteLength);
  return fromFloat16s(Uint16Array.from({ length: halves.length / 2 }, (_, i) => view.getUint16(2 * i, true)));
}
