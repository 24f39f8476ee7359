import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { fileMedium, filePlace } from '../prepare/file-place.js';
import { walkFolder } from '../prepare/walk-folder.js';

/** A sound of a folder, before anything of it is read. */
export interface SoundFile {
  /** Its path in the folder, with `/` between the names. */
  id: string;
  label: string | null;
  split: string;
  path: string;
  bytes: number;
  /** When it was last written, in milliseconds. */
  modified: number;
}

/**
 * The sounds of a folder, those of videos too, in the order of their paths; `filePlace` says of which split and class.
 * @throws FileAccessError; ConfigurationError where there are none.
 */
export async function listSounds(folder: string): Promise<SoundFile[]> {
  const found: SoundFile[] = [];
  for await (const id of walkFolder(folder)) {
    const medium = fileMedium(id);
    if (medium !== 'sound' && medium !== 'video') continue;
    const path = join(folder, id);
    const { size, mtimeMs } = await stat(path).catch((cause) => {
      throw fileAccessError('read', path, cause);
    });
    found.push({ id, ...filePlace(id), path, bytes: size, modified: mtimeMs });
  }
  if (found.length > 0) return found;
  throw new ConfigurationError(
    `There are no sounds in ${folder}; name a folder with files such as .wav, .ogg, .mp3 or .flac, in folders of classes or not.`,
  );
}
