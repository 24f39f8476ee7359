import type { StateDict } from '@visual-echoes/core';
import type { DataFolders } from '../data/data-folders.js';
import type { RunOptions } from './run-options.js';
import type { TransformerFile } from './training-file.js';

export async function runTransformer(
  _file: TransformerFile,
  _path: string,
  _data: DataFolders,
  _run: RunOptions,
): Promise<StateDict> {
  throw new Error('to come');
}
