import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';

export interface DataFolders {
  readonly mnist: string;
  readonly fsdd: string;
}

/**
 * The folders of MNIST and FSDD: inside `named`, else inside `VISUAL_ECHOES_DATA`, else `../shared/data` or `data`.
 * @throws ConfigurationError that says where the data sets are published.
 */
export function dataFolders(named?: string): DataFolders {
  const candidates = [named ?? process.env.VISUAL_ECHOES_DATA ?? ['data', '../shared/data']].flat();
  const root = candidates.find(
    (folder) => existsSync(join(folder, 'mnist')) && existsSync(join(folder, 'fsdd')),
  );
  if (!root) {
    throw new ConfigurationError(
      `No mnist/ and fsdd/ in ${candidates.join(' or ')}. Put MNIST's four IDX files (yann.lecun.com/exdb/mnist) and ` +
        'the recordings of the Free Spoken Digit Dataset (github.com/Jakobovski/free-spoken-digit-dataset) there, ' +
        'and name the folder with --data.',
    );
  }
  return { mnist: join(root, 'mnist'), fsdd: join(root, 'fsdd') };
}
