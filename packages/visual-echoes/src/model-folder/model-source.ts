import type { ByteSource } from '@visual-echoes/core';

/** Where the files of a model folder come from: a folder, an address, an archive, memory. */
export interface ModelSource {
  /** What error messages call it. */
  readonly name: string;
  /** A whole file as text. */
  readText(file: string): Promise<string>;
  /** Opens a file, gives it to `use`, and closes it. */
  withBytes<T>(file: string, use: (bytes: ByteSource) => Promise<T>): Promise<T>;
}
