import { basename, resolve } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { compareAdversarialStep, compareDiscriminator } from './adversarial.js';
import type { Row } from './compare.js';
import { compareMage, compareMageTrainingStep } from './mage.js';
import type { ReferenceFolder } from './reference-folder.js';
import { compareHiFiGan, compareMelGan } from './vocoders.js';
import { compareMaskgitVqgan, compareVqgan } from './vqgan.js';

export type Compare = (folder: ReferenceFolder) => Promise<Row[]>;

/** The reference models by the names of their folders; `undefined` where we have not built the model yet. */
const models: Record<string, Compare | undefined> = {
  'taming-vqgan': compareVqgan,
  specvqgan: compareVqgan,
  mage: compareMage,
  'mage-training-step': compareMageTrainingStep,
  'mage-vqgan': compareMaskgitVqgan,
  'taming-discriminator': compareDiscriminator,
  'taming-training-step': compareAdversarialStep,
  melgan: compareMelGan,
  hifigan: compareHiFiGan,
};

/**
 * The model that a folder's name says, also with something behind it (`mage-seed2`).
 * @throws ConfigurationError where it says none, or one that is not built yet.
 */
export function modelOf(folder: string): { model: string; compare: Compare } {
  const name = basename(resolve(folder));
  const model = Object.keys(models)
    .filter(
      (known) => name === known || /^[-_.]/.test(name.startsWith(known) ? name.slice(known.length) : ''),
    )
    .sort((a, b) => b.length - a.length)[0];
  const built = Object.keys(models).filter((known) => models[known]);
  const compare = model === undefined ? undefined : models[model];
  if (!compare) {
    throw new ConfigurationError(
      model
        ? `${folder}: parity of ${model} is not supported yet; there is that of ${built.join(', ')}.`
        : `${folder}: the folder's name is none of the reference models ${built.join(', ')}.`,
    );
  }
  return { model, compare };
}
