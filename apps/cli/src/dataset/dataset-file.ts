import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { z } from 'zod';
import { readJsonFile } from '../data/read-json-file.js';

/** The file that says what a dataset's folder holds. */
export const DATASET_FILE = 'dataset.json';

const count = z.int().min(0);
const size = z.int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 of 64 hexadecimal digits');

/** A file beside `dataset.json`; nothing that could lead out of the folder. */
const fileName = z.string().regex(/^[\w-][\w.-]*$/, 'must be the name of a file in the dataset’s folder');

const shard = z.strictObject({
  file: fileName,
  /** Of every clip in it: a shard holds clips of one split. */
  split: z.string(),
  /** How many clips it is made of. */
  clips: count.optional(),
  /** How many of them became rows; absent while the dataset is being made. */
  rows: count.optional(),
});

const field = z.strictObject({
  name: z.string(),
  grid: z.tuple([size, size]),
  vocabulary: size,
});

const common = {
  format: z.literal(1, {
    error: ({ input }) => `${JSON.stringify(input)} is not 1, the format read here; update visual-echoes`,
  }),
  /** What the clips come from; `listing` is of their ids, labels, splits and file names. */
  source: z.strictObject({ kind: z.string(), name: z.string(), clips: count, listing: sha256 }).optional(),
  /** What the dataset was made with; it goes on only with the same. */
  settings: z.record(z.string(), z.json()).default({}),
  seed: z.int().default(0),
  /** The classes, in the order of their names. */
  labels: z.array(z.string()),
  shards: z.array(shard),
};

const tokens = z.strictObject({
  ...common,
  holds: z.literal('tokens'),
  fields: z.array(field).min(1),
  /** Of each field's tokenizer, where its weights were, and the SHA-256 of those that make tokens. */
  tokenizers: z.record(z.string(), z.strictObject({ name: z.string(), sha256 })).default({}),
});

const media = z.strictObject({
  ...common,
  holds: z.literal('media'),
  picture: z.strictObject({
    width: size,
    height: size,
    channels: z.literal([1, 3]),
    encoding: z.literal(['jpeg', 'png']),
  }),
  mel: z.strictObject({
    bands: size,
    frames: size,
    encoding: z.literal('float16'),
    /** The constants, as `MelConfig` of `@visual-echoes/vq-audio` has them. */
    configuration: z.record(z.string(), z.json()),
  }),
});

const schema = z.discriminatedUnion('holds', [tokens, media]);

/** What `dataset.json` says. */
export type DatasetFile = z.infer<typeof schema>;

/** The same of a dataset of tokens. */
export type TokenDatasetFile = z.infer<typeof tokens>;

/** The same of a dataset of pictures and mel spectrograms. */
export type MediaDatasetFile = z.infer<typeof media>;

/** One file of a dataset's rows. */
export type Shard = z.infer<typeof shard>;

/**
 * Reads a dataset's `dataset.json`.
 * @throws FileAccessError where there is none; ConfigurationError that names the first entry which cannot be.
 */
export async function readDatasetFile(folder: string): Promise<DatasetFile> {
  const path = join(folder, DATASET_FILE);
  const file = await readJsonFile(path, schema as z.ZodType<DatasetFile>);
  const twice = file.shards.find(({ file: name }, i, all) => all.findIndex((s) => s.file === name) < i);
  if (twice) throw new ConfigurationError(`${path}: shards: ${twice.file} is named twice.`);
  return file;
}

/** Writes a dataset's `dataset.json`, after a check of it; entries that have defaults may be left out. */
export async function writeDatasetFile(
  folder: string,
  file: z.input<typeof schema>,
  options: { beside?: string } = {},
): Promise<void> {
  const checked = schema.parse(file);
  await writeFileAtomically(join(folder, DATASET_FILE), [`${JSON.stringify(checked, null, 2)}\n`], options);
}
