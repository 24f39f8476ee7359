import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError, type StoredTensors } from '@visual-echoes/core';
import { withCheckpointFile, writeFileAtomically, writeStoredTensors } from '@visual-echoes/core/node';
import { MANIFEST_FILE, type PartialModelManifest, parsePartialManifest } from 'visual-echoes';
import { type ConvertedPart, entryAt, PUBLISHED_MODELS } from './published-models.js';
import { readConfigurationFile } from './read-configuration-file.js';

export interface ConvertOptions {
  as: string;
  /** The folder, new or with other parts in it. */
  out: string;
  config?: string;
  /** The key of the checkpoint under which the weights are. */
  at?: string;
  half?: boolean;
  force?: boolean;
}

/** A file that was written. */
export interface WrittenPart {
  part: string;
  path: string;
  /** Numbers in it. */
  weights: number;
}

/**
 * Turns a published checkpoint into a part of a model folder: weights, and an entry in its `visual-echoes.json`. The
 * folder's other parts stay.
 * @throws CheckpointError, ConfigurationError, FileAccessError; nothing is written where the checkpoint does not fit.
 */
export async function convertCheckpoint(
  path: string,
  { as, out, config, at, half, force }: ConvertOptions,
): Promise<WrittenPart[]> {
  const published = config === undefined ? undefined : await readConfigurationFile(config);
  const manifest = await readManifest(out);
  return withCheckpointFile(
    path,
    async (tensors) => {
      const parts = PUBLISHED_MODELS[as].parts(withoutPrefix(tensors), published);
      for (const { place, module, tensors } of parts) {
        if (entryAt(manifest, place) && !force) {
          throw new ConfigurationError(`${out} has this part (${place}) already; add --force to replace it.`);
        }
        module.match(tensors);
      }
      const text = `${JSON.stringify(withParts(manifest, parts, out), null, 2)}\n`;
      parsePartialManifest(text, join(out, MANIFEST_FILE));
      const written: WrittenPart[] = [];
      for (const { place, entry, module, tensors } of parts) {
        const file = join(out, entry.weights);
        await writeStoredTensors(file, tensors, { type: half ? 'f16' : 'f32' });
        written.push({ part: place, path: file, weights: module.parameterCount() });
      }
      await writeFileAtomically(join(out, MANIFEST_FILE), [text]);
      return written;
    },
    { at },
  );
}

/** What a model folder says so far; of a new one nothing but its name. */
async function readManifest(folder: string): Promise<PartialModelManifest> {
  const path = join(folder, MANIFEST_FILE);
  const text = existsSync(path)
    ? await readFile(path, 'utf8')
    : JSON.stringify({ format: 1, name: basename(resolve(folder)), parts: {} });
  return parsePartialManifest(text, path);
}

function withParts(manifest: PartialModelManifest, converted: ConvertedPart[], out: string): object {
  const parts: Record<string, object | undefined> = { ...manifest.parts };
  for (const { place, entry } of converted) {
    if (place !== 'audio.vocoder') parts[place] = entry;
    else if (parts['audio']) parts['audio'] = { ...parts['audio'], vocoder: entry };
    else
      throw new ConfigurationError(
        `${out} has no part for sounds yet; convert or train that before its vocoder.`,
      );
  }
  return { ...manifest, parts };
}

/** Without the `module.` that `DataParallel` puts before every name. */
function withoutPrefix(tensors: StoredTensors): StoredTensors {
  const names = [...tensors.keys()];
  if (!names.every((name) => name.startsWith('module.'))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice('module.'.length), tensor]));
}
