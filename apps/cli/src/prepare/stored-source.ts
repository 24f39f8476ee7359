import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError, throwIfCancelled } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import sharp from 'sharp';
import { DATASET_FILE, type MediaDatasetFile } from '../dataset/dataset-file.js';
import { openDataset } from '../dataset/read-dataset.js';
import { type ClipForm, melShape } from './clip-form.js';
import type { PictureForm } from './fit-picture.js';
import type { PrepareSource } from './prepare-source.js';

/**
 * The clips of a dataset of pictures and mel spectrograms, shard by shard, so that each becomes one of the same name.
 * @throws FileAccessError; ConfigurationError where it is no such dataset, or not in the form that the tokenizers take.
 */
export async function storedSource(
  folder: string,
  { form, signal }: { form: ClipForm; signal: AbortSignal },
): Promise<PrepareSource & { about: MediaDatasetFile }> {
  const dataset = await openDataset(folder);
  if (dataset.holds === 'tokens') {
    throw new ConfigurationError(`${folder} holds tokens already; name the dataset that it was made of.`);
  }
  const { about, shards, rows } = dataset;
  checkForm(folder, about, form);
  return {
    kind: 'dataset',
    name: about.source?.name ?? basename(resolve(folder)),
    about,
    survey: async () => ({
      clips: shards.reduce((sum, { rows }) => sum + rows, 0),
      listing: createHash('sha256')
        .update(await readFile(join(folder, DATASET_FILE)))
        .digest('hex'),
      labels: about.labels,
      shards: shards.map(({ file, split, rows }) => ({ file, split, clips: rows })),
    }),
    async *shards() {
      for (const { file } of shards) {
        yield {
          file,
          async *clips() {
            for await (const { frames, ...clip } of rows(file)) {
              throwIfCancelled(signal);
              const pictures = await Promise.all(frames.map((frame) => unpack(frame, form.picture)));
              yield { ...clip, pictures };
            }
          },
        };
      }
    },
  };
}

function checkForm(folder: string, { picture, mel }: MediaDatasetFile, form: ClipForm): void {
  const { width, height, channels } = form.picture;
  if (!isDeepStrictEqual([picture.width, picture.height, picture.channels], [width, height, channels])) {
    throw new ConfigurationError(
      `The pictures of ${folder} are ${picture.width}×${picture.height} with ${picture.channels} channels, and the tokenizer takes ${width}×${height} with ${channels}. Prepare the videos anew with these tokenizers.`,
    );
  }
  const { bands, frames } = melShape(form.mel);
  const differs = Object.entries(form.mel).find(
    ([name, value]) => !isDeepStrictEqual(mel.configuration[name], value),
  );
  if (bands === mel.bands && frames === mel.frames && !differs) return;
  const what = differs
    ? `${differs[0]} ${JSON.stringify(mel.configuration[differs[0]])}, and the tokenizer takes ${JSON.stringify(differs[1])}`
    : `${mel.bands}×${mel.frames} values, and the tokenizer takes ${bands}×${frames}`;
  throw new ConfigurationError(
    `The mel spectrograms of ${folder} have ${what}. Prepare the videos anew with these tokenizers.`,
  );
}

async function unpack(file: Uint8Array, { channels }: PictureForm): Promise<Picture> {
  const { data, info } = await sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels, data };
}
