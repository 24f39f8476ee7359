import { ConfigurationError } from '@visual-echoes/core';
import type { MelConfig } from '@visual-echoes/vq-audio';
import { readJsonFile } from '../data/read-json-file.js';
import { checkMost } from './form-of-options.js';
import type { PrepareOptions } from './prepare-options.js';
import { type ClipVariation, clipAugmentation } from './vary-clips.js';

const MOST_VARIANTS = 1000;

/**
 * How the options ask for clips to be varied; `undefined` where they do not.
 * @throws ConfigurationError where one option is without the other, or the file says what cannot be; FileAccessError.
 */
export async function variationOfOptions(
  { variants: count, augmentation: file, seed }: Pick<PrepareOptions, 'variants' | 'augmentation' | 'seed'>,
  constants: MelConfig,
): Promise<ClipVariation | undefined> {
  checkMost('--variants', count, MOST_VARIANTS);
  if (count > 0 && file === undefined) {
    throw new ConfigurationError(
      `--variants ${count} needs --augmentation FILE: JSON such as { "frames": { "mirror": 0.5 }, "mels": { "pitch": 2 } }.`,
    );
  }
  if (file === undefined) return undefined;
  if (count === 0) throw new ConfigurationError(`Nothing is varied by ${file}; add --variants, such as 10.`);
  return { count, augmentation: await readJsonFile(file, clipAugmentation), constants, seed };
}
