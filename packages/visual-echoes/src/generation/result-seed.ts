import { type Canvas, Random, UNKNOWN } from '@visual-echoes/core';

/**
 * The seed of one result, a function of the caller's seed, of the tokens that were given and of which of the
 * `count` results for them it is. So a picture gives the same sound alone and in a batch, wherever it stands in
 * it, while two pictures share no noise.
 */
export function resultSeed(seed: number, given: Canvas, variant = 0): number {
  const known = Object.keys(given)
    .sort()
    .filter((name) => given[name].some((token) => token !== UNKNOWN))
    .map((name) => `${name} ${given[name].join(' ')}`);
  return new Random(seed).fork('result', variant, ...known).bits();
}
