import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileAccessError } from '@visual-echoes/core/node';

/**
 * The files in a folder and in those inside it, as paths from it with `/` between the names, in the order of the names'
 * characters. What begins with a dot is left out, and a link to a folder is not followed, since it may lead back.
 * @throws FileAccessError.
 */
export async function* walkFolder(root: string, inside = ''): AsyncGenerator<string> {
  const folder = join(root, inside);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw fileAccessError('read', folder, cause);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = inside ? `${inside}/${entry.name}` : entry.name;
    if (entry.isDirectory()) yield* walkFolder(root, path);
    else if (entry.isFile()) yield path;
    else if (entry.isSymbolicLink() && (await stat(join(root, path)).catch(() => undefined))?.isFile())
      yield path;
  }
}
