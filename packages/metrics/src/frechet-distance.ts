import { InvalidInputError, ShapeError } from '@visual-echoes/core';
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { checkData } from './check.js';
import type { FeatureMoments } from './feature-statistics.js';

/**
 * Fréchet distance between Gaussians fitted to two sets of features,
 * |m₁ − m₂|² + tr S₁ + tr S₂ − 2 tr √(S₁S₂): FID for the features of a picture classifier, FAD for those of
 * a sound classifier. Stable also where there are fewer samples than features. Never negative.
 *
 * With S = AAᵀ from the symmetric eigendecompositions, tr √(S₁S₂) = tr √(S₁^½ S₂ S₁^½) is the sum of the
 * singular values of A₁ᵀA₂: no root is taken of a rounding error, and no matrix needs an inverse.
 *
 * Throws a `ShapeError` where the numbers of features differ, an `InvalidInputError` for fewer than 2 samples
 * or a value that is not finite.
 *
 * @example
 * const real = new FeatureStatistics(128);
 * const generated = new FeatureStatistics(128);
 * for (const features of batchesOfReal) real.add(features);
 * for (const features of batchesOfGenerated) generated.add(features);
 * frechetDistance(real, generated);
 */
export function frechetDistance(a: FeatureMoments, b: FeatureMoments): number {
  checkCount('a', a);
  checkCount('b', b);
  const meanA = a.mean;
  const meanB = b.mean;
  const d = meanA.length;
  if (d !== meanB.length) {
    throw new ShapeError(
      `Cannot compare ${d} features with ${meanB.length}: use the same feature extractor for both sets.`,
    );
  }
  checkData('The mean of a', meanA, [d]);
  checkData('The mean of b', meanB, [d]);
  const covarianceA = a.covariance;
  const covarianceB = b.covariance;
  checkData('The covariance of a', covarianceA, [d, d]);
  checkData('The covariance of b', covarianceB, [d, d]);

  let distance = 0;
  for (let i = 0; i < d; i++) {
    distance += (meanA[i] - meanB[i]) ** 2 + covarianceA[i * d + i] + covarianceB[i * d + i];
  }
  distance -= 2 * sumOfSingularValues(factor(covarianceA, d), factor(covarianceB, d));
  return Math.max(0, distance);
}

function checkCount(name: string, { count }: FeatureMoments): void {
  if (!(count >= 2)) {
    throw new InvalidInputError(
      `${name} has ${count} samples. A Fréchet distance needs at least 2 in each set.`,
    );
  }
}

/** Aᵀ [rank, D] with `covariance` = AAᵀ; null for a covariance of zeros. */
function factor(covariance: ArrayLike<number>, d: number): Matrix | null {
  const symmetric = new Matrix(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) symmetric.set(i, j, (covariance[i * d + j] + covariance[j * d + i]) / 2);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  // Below this an eigenvalue is rounding: numpy.linalg.matrix_rank's tolerance.
  const tolerance = Math.max(0, ...realEigenvalues) * d * Number.EPSILON;
  const kept = realEigenvalues.flatMap((value, index) => (value > tolerance ? [{ value, index }] : []));
  if (kept.length === 0) return null;
  const rows = new Matrix(kept.length, d);
  kept.forEach(({ value, index }, row) => {
    const root = Math.sqrt(value);
    for (let i = 0; i < d; i++) rows.set(row, i, root * eigenvectorMatrix.get(i, index));
  });
  return rows;
}

function sumOfSingularValues(a: Matrix | null, b: Matrix | null): number {
  if (!a || !b) return 0;
  const { diagonal } = new SingularValueDecomposition(a.mmul(b.transpose()), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  return diagonal.reduce((sum, value) => sum + value, 0);
}
