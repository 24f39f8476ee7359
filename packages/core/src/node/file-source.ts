import { open } from 'node:fs/promises';
import type { ByteSource } from '../checkpoint/byte-source.js';
import { fileAccessError } from './file-access-error.js';

/** Opens a file for reading piece by piece, gives it to `use`, and closes it. */
export async function withFileSource<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path).catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  try {
    const { size } = await file.stat();
    return await use({
      size,
      read: async (offset, length) => {
        const bytes = new Uint8Array(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
    });
  } catch (cause) {
    throw fileAccessError('read', path, cause);
  } finally {
    await file.close();
  }
}
