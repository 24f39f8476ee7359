import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { checkData } from './check.js';

/** What the Fréchet distance needs to know of a set of features. */
export interface FeatureMoments {
  /** How many samples. */
  readonly count: number;
  /** [D] */
  readonly mean: ArrayLike<number>;
  /** [D, D], divided by `count` − 1 as by `numpy.cov`. */
  readonly covariance: ArrayLike<number>;
}

/**
 * Mean and covariance of features that come in batches, in double precision and in D² numbers of memory
 * however many samples there are (Welford's update, exact also where the mean is far from 0).
 *
 * @example
 * const statistics = new FeatureStatistics(2);
 * statistics.add([0, 1, 2, 5]); // two samples of two features
 * statistics.add([4, 3]); // one more
 * statistics.mean; // [2, 3]
 * statistics.covariance; // [4, 2, 2, 4]
 */
export class FeatureStatistics implements FeatureMoments {
  readonly dimension: number;
  #count = 0;
  readonly #mean: Float64Array;
  /** Sums of products of the deviations from the mean: the upper triangle of [D, D]. */
  readonly #scatter: Float64Array;
  readonly #deviation: Float64Array;

  /** @param dimension D, the number of features of a sample. */
  constructor(dimension: number) {
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new ConfigurationError(`A sample has ${dimension} features. Give a whole number from 1.`);
    }
    this.dimension = dimension;
    this.#mean = new Float64Array(dimension);
    this.#scatter = new Float64Array(dimension * dimension);
    this.#deviation = new Float64Array(dimension);
  }

  /**
   * Counts the samples of `features` [N, D] in; N is the length divided by D and may be 0. Throws, and counts
   * none of them, a `ShapeError` where D does not divide the length, an `InvalidInputError` where a feature
   * is not finite.
   */
  add(features: ArrayLike<number>): this {
    const d = this.dimension;
    if (features.length % d !== 0) {
      throw new ShapeError(`${features.length} features are not a whole number of samples of ${d} features.`);
    }
    if (features.length > 0) checkData('features', features, [features.length / d, d]);
    for (let start = 0; start < features.length; start += d) this.#addSample(features, start);
    return this;
  }

  get count(): number {
    return this.#count;
  }

  /** [D], a copy. Throws an `InvalidInputError` where nothing was counted in yet. */
  get mean(): Float64Array {
    if (this.#count < 1) throw new InvalidInputError('The mean of 0 samples does not exist. Add some.');
    return this.#mean.slice();
  }

  /** [D, D], a copy. Throws an `InvalidInputError` for fewer than 2 samples. */
  get covariance(): Float64Array {
    if (this.#count < 2) {
      throw new InvalidInputError(`A covariance needs at least 2 samples, not ${this.#count}. Add more.`);
    }
    const d = this.dimension;
    const covariance = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) {
        const value = this.#scatter[i * d + j] / (this.#count - 1);
        covariance[i * d + j] = value;
        covariance[j * d + i] = value;
      }
    }
    return covariance;
  }

  #addSample(features: ArrayLike<number>, start: number): void {
    const d = this.dimension;
    const mean = this.#mean;
    const scatter = this.#scatter;
    const deviation = this.#deviation;
    this.#count++;
    for (let i = 0; i < d; i++) {
      deviation[i] = features[start + i] - mean[i];
      mean[i] += deviation[i] / this.#count;
    }
    const weight = (this.#count - 1) / this.#count;
    for (let i = 0; i < d; i++) {
      const weighted = weight * deviation[i];
      for (let j = i, at = i * d + i; j < d; j++, at++) scatter[at] += weighted * deviation[j];
    }
  }
}

/**
 * Mean [D] and covariance [D, D] of `features` [N, D], in double precision. For features that do not fit
 * in memory add them to a `FeatureStatistics` batch by batch. Throws as its `add` does.
 */
export function featureStatistics(
  features: ArrayLike<number>,
  [samples, dimension]: readonly [samples: number, dimension: number],
): FeatureStatistics {
  checkData('features', features, [samples, dimension]);
  return new FeatureStatistics(dimension).add(features);
}
