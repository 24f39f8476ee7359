import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '@visual-echoes/core';
import type { ModelManifest } from 'visual-echoes';
import type { MediaDatasetFile } from '../dataset/dataset-file.js';

/**
 * Compares the form of mel spectrograms with a model's, as far as both say it.
 * @param what whose they are.
 * @throws ConfigurationError where they differ, which ends with the remedy.
 */
export function checkMelForm(
  mel: Omit<MediaDatasetFile['mel'], 'encoding'>,
  { parts }: Pick<ModelManifest, 'parts'>,
  { what, remedy }: { what: string; remedy: string },
): void {
  const own = parts.audio.mel;
  if (mel.bands !== own.melBands || mel.frames !== own.frames) {
    throw new ConfigurationError(
      `The mel spectrograms of ${what} are ${mel.bands}×${mel.frames}, and the model’s ${own.melBands}×${own.frames}. ${remedy}`,
    );
  }
  for (const [name, value] of Object.entries(own)) {
    const theirs = mel.configuration[name];
    if (theirs === undefined || isDeepStrictEqual(theirs, value)) continue;
    throw new ConfigurationError(
      `The mel spectrograms of ${what} have ${name} ${JSON.stringify(theirs)}, and the model’s ${JSON.stringify(value)}. ${remedy}`,
    );
  }
}
