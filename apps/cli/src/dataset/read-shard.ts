import { open } from 'node:fs/promises';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** A shard that is open for reading. */
export class ShardReader {
  readonly rows: number;
  /** Where each row group begins, and the end. */
  readonly bounds: readonly number[];
  private readonly path: string;
  private readonly metadata: FileMetaData;

  private constructor(path: string, metadata: FileMetaData) {
    this.path = path;
    this.metadata = metadata;
    this.rows = Number(metadata.num_rows);
    const bounds = [0];
    for (const { num_rows } of metadata.row_groups) bounds.push(bounds.at(-1)! + Number(num_rows));
    this.bounds = bounds;
  }

  /**
   * Reads what a shard says of itself, and none of its rows.
   * @throws FileAccessError; InvalidInputError that names a file which is no Parquet or cut off.
   */
  static async open(path: string): Promise<ShardReader> {
    const metadata = await withBuffer(path, (file) => parquetMetadataAsync(file));
    return new ShardReader(path, metadata);
  }

  /** A text of the file's footer. */
  text(key: string): string | undefined {
    return this.metadata.key_value_metadata?.find((entry) => entry.key === key)?.value;
  }

  /**
   * The rows from `from` to before `to`, by column name; only their row groups, and of those the named columns, are read.
   * @throws as `open`.
   */
  read(from: number, to: number, columns?: string[]): Promise<Record<string, unknown>[]> {
    const { metadata } = this;
    if (from >= to) return Promise.resolve([]);
    return withBuffer(this.path, (file) =>
      parquetReadObjects({
        file,
        metadata,
        rowStart: from,
        rowEnd: to,
        utf8: false,
        ...(columns && { columns }),
      }),
    );
  }
}

async function withBuffer<T>(path: string, use: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const file = await open(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  try {
    const { size } = await file.stat();
    return await use({
      byteLength: size,
      slice: async (start, end = size) => {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        if (bytesRead < bytes.length) throw new Error('it ends too soon');
        return bytes.buffer;
      },
    });
  } catch (cause) {
    throw new InvalidInputError(
      `${path} is damaged or no Parquet file (${(cause as Error).message}). Delete it and run visual-echoes prepare again.`,
      { cause },
    );
  } finally {
    await file.close();
  }
}
