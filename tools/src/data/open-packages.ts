import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, InvalidInputError, throwIfCancelled } from '@visual-echoes/core';
import { readJson } from '@visual-echoes/core/node';
import type { DrawingList, DrawingPackage } from './drawing-list.js';
import { fetchPackage } from './fetch-package.js';

/** What is done and how far it is: a name, and a share that only grows. */
export type OnProgress = (doing: string, share: number) => void;

/**
 * Fetches the packages of a list, one after the other, where they are not in the cache.
 * @returns each package's folder by its name.
 * @throws FileAccessError; InvalidInputError where a package states another licence than the list; CancelledError.
 */
export async function openPackages(
  { packages, folder: listFolder }: DrawingList,
  { cache, signal, onProgress }: { cache: string; signal?: AbortSignal; onProgress?: OnProgress },
): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const [i, wanted] of packages.entries()) {
    throwIfCancelled(signal);
    onProgress?.(`fetching ${wanted.name}`, i / packages.length);
    const folder = await fetchPackage(wanted, { cache, listFolder, signal });
    await checkLicence(folder, wanted);
    folders.set(wanted.name, folder);
  }
  return folders;
}

/** The list without some of its packages. @throws ConfigurationError for one that is not in it. */
export function withoutPackages(list: DrawingList, names: readonly string[]): DrawingList {
  const unknown = names.find((name) => !list.packages.some((one) => one.name === name));
  if (unknown) {
    throw new ConfigurationError(
      `There is no package "${unknown}" in the list of drawings; check its name there.`,
    );
  }
  return {
    ...list,
    packages: list.packages.filter(({ name }) => !names.includes(name)),
    drawings: list.drawings.filter((drawing) => !names.includes(drawing.package)),
  };
}

/** Against what a set of icons says of itself in Iconify's `info.json`. */
async function checkLicence(folder: string, { name, licence }: DrawingPackage): Promise<void> {
  const path = join(folder, 'info.json');
  if (!existsSync(path)) return;
  const { license } = (await readJson(path)) as { license?: { spdx?: string } };
  if (!license?.spdx || license.spdx === licence) return;
  throw new InvalidInputError(
    `${name} is under ${license.spdx}, and in the list under ${licence}; look at it again.`,
  );
}
