import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';

/** A column's name and values: of one row group. */
export type Columns = Pick<ColumnSource, 'name' | 'data'>[];

/**
 * Row groups → the bytes of a Parquet file, piece by piece, so that one row group is in memory at a time. Nothing is
 * compressed: tokens are packed by dictionaries already, pictures are JPEG or PNG, and the bytes are the same wherever
 * they are written.
 *
 * @param metadata texts for the file's footer, asked for after the last row group.
 */
export async function* parquetChunks(
  schema: SchemaElement[],
  groups: Iterable<Columns> | AsyncIterable<Columns>,
  metadata: () => Record<string, string> = () => ({}),
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const take = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0; // `offset` goes on: it is that of the file
    return bytes;
  };
  const file = new ParquetWriter({ writer, schema, codec: 'UNCOMPRESSED', createdBy: 'visual-echoes' });
  for await (const columnData of groups) {
    file.write({ columnData, rowGroupSize: Number.MAX_SAFE_INTEGER });
    yield take();
  }
  file.kvMetadata = Object.entries(metadata()).map(([key, value]) => ({ key, value }));
  file.finish();
  yield take();
}

/** A text column. */
export const textColumn = (name: string, { optional = false } = {}): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type: optional ? 'OPTIONAL' : 'REQUIRED',
});

/** A column of lists, by the three levels that Parquet's specification of nested types gives them. */
export const listColumn = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  {
    name,
    converted_type: 'LIST',
    logical_type: { type: 'LIST' },
    repetition_type: 'REQUIRED',
    num_children: 1,
  },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];

/** A schema of columns, each of which may take several elements. */
export function schemaOf(...columns: (SchemaElement | SchemaElement[])[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flat()];
}
