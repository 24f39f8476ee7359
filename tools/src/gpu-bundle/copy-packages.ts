import { cpSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
}

/** What a program does not run: types, tests, maps, and the forms of a library for other readers. */
const LEFT_OUT = /\.(map|d\.[cm]?ts|tsbuildinfo|md|min\.js|es2017\.js|fesm\.js)$|\.test\.|\.html$/;
/** The same of the folders at the top of a package. */
const LEFT_OUT_FOLDERS = new Set(['node_modules', 'test', 'tests', 'docs']);

/**
 * Copies packages, and those that they depend on, side by side into a folder `node_modules`, with what runs of them.
 *
 * @param base the file from which the packages are found
 * @param keep whether a file of a package is copied, where the general rule would
 * @returns the names with the versions that all see
 * @throws ConfigurationError where a package is not installed.
 */
export function copyPackages(
  names: readonly string[],
  base: string,
  target: string,
  keep: (name: string, file: string) => boolean = () => true,
): Map<string, string> {
  const copied = new Map<string, string>();
  const copy = (name: string, from: string, owner: string): void => {
    const folder = folderOf(name, from);
    const { version, dependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Manifest;
    const known = copied.get(name);
    if (known === version) return;
    if (!known) copied.set(name, version);
    // Another version than all see lies within the package that asks for it.
    const place = known ? join(owner, 'node_modules', name) : join(target, name);
    cpSync(folder, place, {
      recursive: true,
      dereference: true,
      filter: (path) => {
        const file = relative(folder, path).split(sep).join('/');
        return !LEFT_OUT_FOLDERS.has(file.split('/')[0]) && !LEFT_OUT.test(file) && keep(name, file);
      },
    });
    for (const dependency of Object.keys(dependencies)) copy(dependency, join(folder, 'package.json'), place);
  };
  for (const name of names) copy(name, base, target);
  return copied;
}

/** The folder of a package as another file sees it, also of one that shows only its entry. */
function folderOf(name: string, from: string): string {
  // With a file behind it, since some packages have the name of a part of Node.
  for (const folder of createRequire(from).resolve.paths(`${name}/package.json`) ?? []) {
    try {
      return dirname(realpathSync(join(folder, name, 'package.json')));
    } catch {
      // Not in this one.
    }
  }
  throw new ConfigurationError(`${name} is not installed. Run npx pnpm install, and build.`);
}
