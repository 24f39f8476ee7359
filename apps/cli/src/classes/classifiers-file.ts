import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { z } from 'zod';
import { readJsonFile } from '../data/read-json-file.js';

/** The file that says what the classifiers in a folder tell apart; those of digits have none. */
export const CLASSIFIERS_FILE = 'classifiers.json';

const size = z.int().positive();
const counted = z.strictObject({ correct: z.int().min(0), total: size });

const shape = z.strictObject({
  height: size,
  width: size,
  channels: size,
  classes: size,
  convolutions: z
    .array(z.tuple([size, z.literal([1, 2])]).readonly())
    .min(1)
    .readonly(),
  pooling: z.literal('width').optional(),
  dropout: z.number().min(0).max(1).optional(),
  features: size,
});

/** How many it names right: of what was held apart in training, by which it was chosen, and of the held-back split. */
const accuracy = z.strictObject({ heldApart: counted, heldBack: counted.optional() });

const schema = z.strictObject({
  format: z.literal(1, {
    error: ({ input }) => `${JSON.stringify(input)} is not 1, the format read here; update visual-echoes`,
  }),
  /** What they were trained on. */
  dataset: z.string(),
  classes: z.array(z.string()).min(2),
  picture: z.strictObject({ shape, accuracy }),
  sound: z.strictObject({
    shape,
    accuracy,
    /** The constants of the mel spectrograms. */
    mel: z.record(z.string(), z.json()),
  }),
});

/** What `classifiers.json` says. */
export type ClassifiersFile = z.infer<typeof schema>;

/**
 * Reads `classifiers.json` of a folder.
 * @throws FileAccessError; ConfigurationError where there is none, or that names the entry which cannot be.
 */
export async function readClassifiersFile(folder: string): Promise<ClassifiersFile> {
  const path = join(folder, CLASSIFIERS_FILE);
  if (!existsSync(path)) {
    throw new ConfigurationError(
      `${folder} has no classifiers of a dataset: there is no ${CLASSIFIERS_FILE} in it. Train them with visual-echoes evaluate --train-classifiers --dataset DATASET --out ${folder}.`,
    );
  }
  return readJsonFile(path, schema as z.ZodType<ClassifiersFile>);
}

/** Writes `classifiers.json`, after a check of it. @throws FileAccessError. */
export async function writeClassifiersFile(folder: string, file: ClassifiersFile): Promise<void> {
  const text = JSON.stringify(schema.parse(file), null, 2);
  await writeFileAtomically(join(folder, CLASSIFIERS_FILE), [`${text}\n`]);
}
