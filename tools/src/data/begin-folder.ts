import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '@visual-echoes/core';
import { readJson, writeFileAtomically } from '@visual-echoes/core/node';

/**
 * Writes a data folder's settings into a file of it, or checks that those that are there are the same.
 * @param settings `sources` among them is a `digest` of what the data are made of.
 * @throws ConfigurationError where they differ; FileAccessError.
 */
export async function beginFolder(out: string, file: string, settings: object): Promise<void> {
  const path = join(out, file);
  if (!existsSync(path)) return writeFileAtomically(path, [`${JSON.stringify(settings, null, 2)}\n`]);
  const there = (await readJson(path)) as Record<string, unknown>;
  const differing = Object.entries(settings).find(([name, value]) => !isDeepStrictEqual(there[name], value));
  if (!differing) return;
  const [name, value] = differing;
  const difference = name === 'sources' ? 'other drawings or sounds' : `${name} ${there[name]}, not ${value}`;
  throw new ConfigurationError(
    `${out} was made with ${difference}. Name another folder with --out, or delete this one to make it anew.`,
  );
}

/** SHA-256 of a value's JSON, in hex. */
export const digest = (value: object) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
