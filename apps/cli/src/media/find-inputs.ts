import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { fileAccessError } from '@visual-echoes/core/node';
import { mediaKind } from './media-kind.js';

/** A file to work on. */
export interface MediaInput {
  path: string;
  kind: 'picture' | 'sound';
  /** Whether it was found in a folder, rather than named. */
  fromFolder: boolean;
}

/** A file that could not be worked on, and why. */
export interface Failure {
  input: string;
  error: string;
}

/**
 * The pictures and sounds that paths mean: files, and all files of folders, in the order of their names. Files in
 * folders that are neither are left out, and so are our own `.mel.png` and what begins with a dot.
 */
export async function findInputs(
  paths: readonly string[],
): Promise<{ inputs: MediaInput[]; failures: Failure[] }> {
  const inputs: MediaInput[] = [];
  const failures: Failure[] = [];
  const add = async (path: string, fromFolder: boolean) => {
    try {
      const kind = await mediaKind(path);
      if (kind !== 'other') inputs.push({ path, kind, fromFolder });
      else if (!fromFolder) throw new InvalidInputError(`${path} is neither a picture nor a sound.`);
    } catch (cause) {
      failures.push({ input: path, error: fileAccessError('read', path, cause).message });
    }
  };
  for (const path of paths) {
    try {
      const found = await stat(path);
      if (found.isDirectory()) {
        const entries = await readdir(path, { withFileTypes: true });
        const names = entries
          .filter((entry) => entry.isFile() || entry.isSymbolicLink())
          .map(({ name }) => name);
        for (const name of names.sort()) {
          if (name.startsWith('.') || /\.mel\.png$|\.part$/.test(name)) continue;
          const file = join(path, name);
          if ((await stat(file).catch(() => undefined))?.isFile() ?? true) await add(file, true);
        }
      } else if (found.isFile()) {
        await add(path, false);
      } else {
        throw new InvalidInputError(`${path} is neither a file nor a folder.`);
      }
    } catch (cause) {
      failures.push({ input: path, error: fileAccessError('read', path, cause).message });
    }
  }
  return { inputs, failures };
}
