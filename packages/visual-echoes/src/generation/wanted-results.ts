import { type Canvas, ConfigurationError } from '@visual-echoes/core';
import type { SeededCanvas } from './canvas-filler.js';
import type { GenerateOptions } from './generate-options.js';
import { batches } from './lists.js';
import { resultSeed } from './result-seed.js';

/** `count` results for each canvas, with their seeds, batch by batch. @throws ConfigurationError for what cannot be. */
export function wantedResults(
  given: readonly Canvas[],
  { count = 1, seed = 0, batchSize = 32 }: Pick<GenerateOptions, 'count' | 'seed' | 'batchSize'>,
): SeededCanvas[][] {
  for (const [name, value] of Object.entries({ count, batchSize })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ConfigurationError(`${name} is ${value}; it must be a whole number of at least 1.`);
    }
  }
  const wanted = given.flatMap((canvas) =>
    Array.from({ length: count }, (_, variant) => ({ canvas, variant })),
  );
  if (typeof seed !== 'number' && seed.length !== wanted.length) {
    throw new ConfigurationError(
      `There are ${seed.length} seeds for ${wanted.length} results; give one each.`,
    );
  }
  const seeded = wanted.map(({ canvas, variant }, i) => ({
    canvas,
    seed: typeof seed === 'number' ? resultSeed(seed, canvas, variant) : seed[i],
  }));
  return [...batches(seeded, batchSize)];
}
