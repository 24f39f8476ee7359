import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FileAccessError } from '@visual-echoes/core';
import { MANIFEST_FILE } from '../model-folder/manifest.js';

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * The folder of a model that is named by its path or by its npm package, which is sought from the program's entry,
 * from the current folder and from here.
 * @throws FileAccessError where it is neither.
 */
export function findModel(name: string | URL): string {
  if (name instanceof URL || name.startsWith('file:')) return fileURLToPath(name);
  if (existsSync(name)) return name;
  if (isAbsolute(name) || name.startsWith('.') || !PACKAGE_NAME.test(name)) {
    throw new FileAccessError(`The model folder ${name} does not exist; check the path.`);
  }
  const entry = process.argv[1];
  const bases = [
    ...(entry && existsSync(entry) ? [pathToFileURL(realpathSync(entry)).href] : []),
    pathToFileURL(join(process.cwd(), 'package.json')).href,
    import.meta.url,
  ];
  for (const base of bases) {
    try {
      return dirname(createRequire(base).resolve(`${name}/${MANIFEST_FILE}`));
    } catch {
      // Not visible from this base.
    }
  }
  throw new FileAccessError(
    `The model "${name}" is neither a folder here nor an installed package. Install it (npm install ${name}), or name a model folder.`,
  );
}
