import type { Columns } from './parquet-chunks.js';

/** Options of the writers of shards. */
export interface WriteShardOptions {
  /** Where the file is written before it is renamed. */
  beside?: string;
  /** Texts for the file's footer, asked for when its last row is written. */
  metadata?: () => Record<string, string>;
}

/** Rows → the columns of row groups, so that one group is in memory at a time. */
export async function* inGroups<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  size: number,
  columnsOf: (rows: readonly Row[]) => Columns,
): AsyncGenerator<Columns> {
  let group: Row[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < size) continue;
    yield columnsOf(group);
    group = [];
  }
  if (group.length > 0) yield columnsOf(group);
}
