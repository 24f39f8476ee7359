import { CheckpointError } from '../errors.js';
import type { ByteSource } from './byte-source.js';

/**
 * Exactly `length` bytes from `offset`.
 * @throws CheckpointError where the source gives fewer.
 */
export async function readWhole(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    throw new CheckpointError(
      `Only ${bytes.length} of ${length} bytes could be read at byte ${offset}; the file changed while it was read.`,
    );
  }
  return bytes;
}
