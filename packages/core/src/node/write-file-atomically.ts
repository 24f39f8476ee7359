import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileAccessError } from './file-access-error.js';

/**
 * Writes `chunks` beside `path`, forces them to the disk and renames: whoever looks at `path` sees the old file
 * or the whole new one, also after a crash or with a full disk.
 */
export async function writeFileAtomically(
  path: string,
  chunks: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array>,
  { beside = `${path}.${process.pid}.part` }: { beside?: string } = {},
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'w');
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw fileAccessError('write', path, cause);
  }
}
