import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { fileMedium, filePlace } from '../prepare/file-place.js';
import { walkFolder } from '../prepare/walk-folder.js';

/** A sound or picture of a folder, before anything of it is read. */
export interface ListedFile {
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
export const listSounds = (folder: string): Promise<ListedFile[]> =>
  list(folder, ['sound', 'video'], 'sounds', '.wav, .ogg, .mp3 or .flac');

/** The pictures of a folder, likewise. */
export const listPictures = (folder: string): Promise<ListedFile[]> =>
  list(folder, ['picture'], 'pictures', '.png, .jpg or .webp');

async function list(
  folder: string,
  media: readonly (string | undefined)[],
  what: string,
  such: string,
): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  for await (const id of walkFolder(folder)) {
    if (!media.includes(fileMedium(id))) continue;
    const path = join(folder, id);
    const { size, mtimeMs } = await stat(path).catch((cause) => {
      throw fileAccessError('read', path, cause);
    });
    found.push({ id, ...filePlace(id), path, bytes: size, modified: mtimeMs });
  }
  if (found.length > 0) return found;
  throw new ConfigurationError(
    `There are no ${what} in ${folder}; name a folder with files such as ${such}, in folders of classes or not.`,
  );
}
