import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where an optional package was found, and how to load it. */
export interface FoundPackage {
  folder: string;
  version: string;
  /** Runs the package's CommonJS main, so that it shares the tfjs-core of every other CommonJS or ESM import. */
  load(): unknown;
  /** The file of an ES module's main. */
  main: string;
}

/**
 * Finds an installed package from here, from the program's entry and from the current folder, in that order: pnpm
 * shows a package only to those that name it, and it is the app that installs an engine.
 */
export function findPackage(
  name: string,
  from: readonly string[] = defaultBases(),
): FoundPackage | undefined {
  for (const base of from) {
    const require = createRequire(base);
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const { version, main = 'index.js' } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
      const folder = dirname(manifest);
      return { folder, version, load: () => require(name), main: join(folder, main) };
    } catch {
      // Not visible from this base.
    }
  }
  return undefined;
}

interface Manifest {
  version: string;
  main?: string;
}

function defaultBases(): string[] {
  const bases = [import.meta.url];
  const entry = process.argv[1];
  if (entry && existsSync(entry)) bases.push(pathToFileURL(realpathSync(entry)).href);
  bases.push(pathToFileURL(join(process.cwd(), 'package.json')).href);
  return bases;
}

/** Whether tfjs-node's native library is there: `lib/napi-v*\/tfjs_binding.node`. */
export function hasNativeBinding({ folder }: FoundPackage): boolean {
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((napi) => existsSync(join(lib, napi, 'tfjs_binding.node')));
}
