import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import { CLASSIFIER_FILES } from './judges.js';

/**
 * Where the classifiers that judge a model are: named, beside the model, or with the package of the digits.
 * @throws ConfigurationError that says how to make them.
 */
export function classifierFolder({
  classifiers,
  model,
}: {
  classifiers?: string | undefined;
  model: string;
}): string {
  const candidates = classifiers ? [classifiers] : [join(model, 'evaluation')];
  if (!classifiers) {
    try {
      const digits = createRequire(import.meta.url).resolve('@visual-echoes/model-digits/package.json');
      candidates.push(join(dirname(digits), 'evaluation'));
    } catch {
      // That package is not installed: only what is named or beside the model counts.
    }
  }
  const folder = candidates.find((one) => existsSync(join(one, CLASSIFIER_FILES.picture)));
  if (folder) return folder;
  throw new ConfigurationError(
    `No classifiers in ${candidates.join(' or ')}. Train them with visual-echoes evaluate --train-classifiers --out, and name their folder with --classifiers.`,
  );
}
