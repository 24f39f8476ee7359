import { ConfigurationError } from '@visual-echoes/core';
import { checkData } from './check.js';
import { type PosteriorKind, posterior } from './class-posteriors.js';

export interface KlDivergenceOptions {
  /** What both inputs are. Default `probabilities`. */
  kind?: PosteriorKind;
  /** Added to every probability of q. Default 1e-6, as in SpecVQGAN's `evaluation/metrics/kl.py`; 0 is exact. */
  epsilon?: number;
}

/**
 * Kullback–Leibler divergence KL(p ‖ q) in nats, the mean over the pairs of rows of `p` and `q` [N, C]. As
 * SpecVQGAN reports it, p are the class posteriors of the real sounds, q those of the generated ones.
 *
 * Because of `epsilon`, equal inputs give a number down to −C · `epsilon`, not 0. With `epsilon: 0` a probability of 0 in q
 * where p has some gives Infinity. Throws a `ShapeError`, an `InvalidInputError` for values that are not
 * finite or no probabilities, a `ConfigurationError` for a negative `epsilon`.
 */
export function klDivergence(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  [samples, classes]: readonly [samples: number, classes: number],
  { kind = 'probabilities', epsilon = 1e-6 }: KlDivergenceOptions = {},
): number {
  checkData('p', p, [samples, classes]);
  checkData('q', q, [samples, classes]);
  if (!(epsilon >= 0 && epsilon < 1)) {
    throw new ConfigurationError(`epsilon is ${epsilon}. Give a small number from 0, such as 1e-6.`);
  }
  let sum = 0;
  for (let row = 0; row < samples; row++) {
    const real = posterior(p, row, classes, kind);
    const other = posterior(q, row, classes, kind);
    for (let c = 0; c < classes; c++) {
      if (real.probabilities[c] === 0) continue;
      const logarithm = epsilon > 0 ? Math.log(other.probabilities[c] + epsilon) : other.logarithms[c];
      sum += real.probabilities[c] * (real.logarithms[c] - logarithm);
    }
  }
  return sum / samples;
}
