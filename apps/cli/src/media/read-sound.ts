import { readFile, stat } from 'node:fs/promises';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';

/** Bytes; ten minutes of 96 kHz stereo at 32 bits are 460 MB. */
const LARGEST_FILE = 512e6;

/**
 * Reads a WAV file.
 * @throws FileAccessError, InvalidInputError; both name the file.
 */
export async function readSound(path: string): Promise<Waveform> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) {
      throw new InvalidInputError(
        `the file has ${Math.round(size / 1e6)} MB, over the limit of ${LARGEST_FILE / 1e6} MB. Cut out the spoken part.`,
      );
    }
    return readWav(await readFile(path));
  } catch (cause) {
    if (cause instanceof InvalidInputError)
      throw new InvalidInputError(`${path}: ${cause.message}`, { cause });
    throw fileAccessError('read', path, cause);
  }
}
