import { ConfigurationError, InvalidInputError, Random } from '@visual-echoes/core';
import { checkData } from './check.js';
import { type PosteriorKind, posterior } from './class-posteriors.js';

export interface InceptionScoreOptions {
  /** Into how many parts the samples are cut. Default 10. */
  splits?: number;
  /** Default `probabilities`. */
  kind?: PosteriorKind;
  /** Where given, the samples are shuffled first: needed where they are sorted, by class for example. */
  seed?: number;
}

export interface InceptionScore {
  /** Mean over the splits, from 1 (nothing told apart) to the number of classes. */
  mean: number;
  /** Standard deviation over the splits, divided by their number as by `numpy.std`. */
  deviation: number;
}

/**
 * Inception score exp(E KL(p(y|x) ‖ p(y))) of the class posteriors `values` [N, C] of generated samples
 * (Salimans and others, 2016): high where each sample is surely of one class and all classes occur.
 *
 * Throws a `ShapeError`, an `InvalidInputError` for values that are not finite or no probabilities or where
 * there are fewer samples than splits, a `ConfigurationError` for splits that are not a whole number from 1.
 */
export function inceptionScore(
  values: ArrayLike<number>,
  [samples, classes]: readonly [samples: number, classes: number],
  { splits = 10, kind = 'probabilities', seed }: InceptionScoreOptions = {},
): InceptionScore {
  checkData('values', values, [samples, classes]);
  if (!Number.isInteger(splits) || splits < 1) {
    throw new ConfigurationError(`splits is ${splits}. Give a whole number from 1.`);
  }
  if (samples < splits) {
    throw new InvalidInputError(`${samples} samples cannot be cut into ${splits} splits. Set fewer splits.`);
  }
  const order = seed === undefined ? null : new Random(seed).permutation(samples);
  const scores: number[] = [];
  for (let split = 0; split < splits; split++) {
    const start = Math.floor((split * samples) / splits);
    const end = Math.floor(((split + 1) * samples) / splits);
    const marginal = new Float64Array(classes);
    let negativeEntropy = 0; // mean of Σ p log p
    for (let i = start; i < end; i++) {
      const { probabilities, logarithms } = posterior(values, order ? order[i] : i, classes, kind);
      for (let c = 0; c < classes; c++) {
        if (probabilities[c] === 0) continue;
        marginal[c] += probabilities[c] / (end - start);
        negativeEntropy += (probabilities[c] * logarithms[c]) / (end - start);
      }
    }
    let divergence = negativeEntropy;
    for (const probability of marginal)
      if (probability > 0) divergence -= probability * Math.log(probability);
    scores.push(Math.exp(divergence));
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / splits;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / splits;
  return { mean, deviation: Math.sqrt(variance) };
}
