import { basename, resolve } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { compareAdversarialStep, compareDiscriminator } from './adversarial.js';
import type { Row } from './compare.js';
import { compareMage, compareMageTrainingStep } from './mage.js';
import type { ReferenceFolder } from './reference-folder.js';
import { compareHiFiGan, compareMelGan } from './vocoders.js';
import { compareMaskgitVqgan, compareVqgan } from './vqgan.js';

export type Compare = (folder: ReferenceFolder) => Promise<Row[]>;

/** The reference models by the names of their folders. */
const models: Record<string, Compare> = {
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
 * @throws ConfigurationError where it says none.
 */
export function modelOf(folder: string): { model: string; compare: Compare } {
  const name = basename(resolve(folder));
  const [model] = Object.keys(models)
    .filter(
      (known) => name === known || /^[-_.]/.test(name.startsWith(known) ? name.slice(known.length) : ''),
    )
    .sort((a, b) => b.length - a.length);
  if (model === undefined) {
    throw new ConfigurationError(
      `${folder}: the folder's name is none of the reference models ${Object.keys(models).join(', ')}.`,
    );
  }
  return { model, compare: models[model] };
}
