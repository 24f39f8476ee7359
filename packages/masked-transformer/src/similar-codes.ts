/**
 * Target distributions for tokens whose codes are vectors: the mass that label smoothing would spread over all codes
 * goes to those near the true one, by a Gaussian over the distance of their vectors, because a code beside the true
 * one decodes to nearly the same. (Soft labels, as in RQ-VAE's transformer, Lee et al. 2022, section 3.2.3.)
 *
 * @param vectors a codebook, `[V · d]`.
 * @param mass the share that leaves the true code, on average over the codes; at least 0 and below 1.
 * @returns `[V · V]`, each row a distribution; row i is largest at i.
 */
export function similarCodes(vectors: Float32Array, vocabulary: number, mass: number): Float32Array {
  const dimension = vectors.length / vocabulary;
  const distances = new Float64Array(vocabulary * vocabulary); // squared
  for (let i = 0; i < vocabulary; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < dimension; k++)
        sum += (vectors[i * dimension + k] - vectors[j * dimension + k]) ** 2;
      distances[i * vocabulary + j] = distances[j * vocabulary + i] = sum;
    }
  }
  // The mean of what stays falls as the width grows: halve the interval of its logarithm.
  const mean = distances.reduce((sum, d) => sum + d, 0) / distances.length;
  let [low, high] = [Math.log(mean * 1e-9), Math.log(mean * 1e3)];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (lostMass(distances, vocabulary, Math.exp(middle)) < mass) low = middle;
    else high = middle;
  }
  const width = Math.exp(low);
  const rows = new Float32Array(vocabulary * vocabulary);
  for (let i = 0; i < vocabulary; i++) {
    const row = distances.subarray(i * vocabulary, (i + 1) * vocabulary);
    const total = row.reduce((sum, d) => sum + Math.exp(-d / width), 0);
    row.forEach((d, j) => {
      rows[i * vocabulary + j] = Math.exp(-d / width) / total;
    });
  }
  return rows;
}

/** What leaves the true code, on average. */
function lostMass(distances: Float64Array, vocabulary: number, width: number): number {
  let lost = 0;
  for (let i = 0; i < vocabulary; i++) {
    const row = distances.subarray(i * vocabulary, (i + 1) * vocabulary);
    lost += 1 - 1 / row.reduce((sum, d) => sum + Math.exp(-d / width), 0);
  }
  return lost / vocabulary;
}
