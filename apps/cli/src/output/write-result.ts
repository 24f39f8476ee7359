import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { writeNpy } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { type Mel, type Waveform, writeWav } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { melPicture } from './mel-picture.js';
import { pictureFile } from './picture-file.js';
import type { ResultFiles } from './plan-jobs.js';

/** The media of one result. */
export interface Result {
  sound?: Waveform | undefined;
  mel?: Mel | undefined;
  picture?: Picture | undefined;
}

/**
 * Writes a result's files, all or none, each beside and renamed; without `force`, one that exists by now is left as
 * it is.
 * @throws FileAccessError
 */
export async function writeResult(
  { sound, mel, picture }: Result,
  files: ResultFiles,
  { force }: { force: boolean },
): Promise<void> {
  const made: string[] = [];
  const write = async (path: string | undefined, encode: () => Uint8Array | Promise<Uint8Array>) => {
    if (!path) return;
    const exists = existsSync(path);
    if (exists && !force) return;
    await writeFileAtomically(path, [await encode()]);
    if (!exists) made.push(path);
  };
  try {
    if (mel) {
      const { bands, frames, data } = mel;
      await write(files.npy, () => writeNpy({ shape: [bands, frames], data }));
      await write(files.mel, () => melPicture(mel));
    }
    if (sound) await write(files.sound, () => writeWav(sound));
    if (picture) await write(files.picture, () => pictureFile(picture));
  } catch (error) {
    for (const path of made) await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}
