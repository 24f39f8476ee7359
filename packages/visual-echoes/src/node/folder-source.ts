import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileAccessError } from '@visual-echoes/core';
import { fileAccessError, withFileSource } from '@visual-echoes/core/node';
import { MANIFEST_FILE } from '../model-folder/manifest.js';
import type { ModelSource } from '../model-folder/model-source.js';

/** A model folder on the disk. */
export function folderSource(folder: string): ModelSource {
  return {
    name: folder,
    readText: (file) =>
      readFile(join(folder, file), 'utf8').catch((cause) => {
        if (cause.code !== 'ENOENT' || file !== MANIFEST_FILE) {
          throw fileAccessError('read', join(folder, file), cause);
        }
        throw new FileAccessError(
          `${folder} is not a model folder: it has no ${MANIFEST_FILE}. Name the folder that holds it.`,
          { cause },
        );
      }),
    withBytes: (file, use) => withFileSource(join(folder, file), use),
  };
}
