import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, FileAccessError } from '@visual-echoes/core';
import { withCheckpointFile, writeTorchFile } from '@visual-echoes/core/node';
import { MANIFEST_FILE, parsePartialManifest } from 'visual-echoes';
import type { WrittenPart } from './convert-checkpoint.js';
import { entryAt, PUBLISHED_MODELS } from './published-models.js';

/** Tensors of whole numbers in the authors' checkpoints. */
const INTEGERS = /(^|\.)(position_ids|num_batches_tracked)$/;

/**
 * Writes parts of a model folder as checkpoints of the authors' names, each under the key where their programs look.
 * @param as the one model that is meant; every part where it is left out.
 */
export async function convertToTorch(
  folder: string,
  { as, out, force }: { as?: string; out: string; force?: boolean },
): Promise<WrittenPart[]> {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path))
    throw new FileAccessError(`${folder} is not a model folder: it has no ${MANIFEST_FILE}.`);
  const manifest = parsePartialManifest(await readFile(path, 'utf8'), path);
  const models = Object.entries(PUBLISHED_MODELS)
    .filter(([name, { place, type }]) => (as ?? name) === name && entryAt(manifest, place)?.type === type)
    .map(([, model]) => model);
  if (models.length === 0) {
    throw new ConfigurationError(`${folder} has no part that is a ${as ?? 'published model'}.`);
  }
  for (const { file } of models) {
    if (existsSync(join(out, file)) && !force) {
      throw new FileAccessError(`${join(out, file)} exists; add --force to write over it.`);
    }
  }
  const written: WrittenPart[] = [];
  for (const { place, file, at } of models) {
    const target = join(out, file);
    await withCheckpointFile(join(folder, entryAt(manifest, place)!.weights), async (tensors) => {
      const integers = new Set([...tensors.keys()].filter((name) => INTEGERS.test(name)));
      await writeTorchFile(target, tensors, { at, integers });
      const sizes = [...tensors.values()].map(({ shape }) => shape.reduce((size, n) => size * n, 1));
      written.push({ part: place, path: target, weights: sizes.reduce((sum, size) => sum + size, 0) });
    });
  }
  return written;
}
