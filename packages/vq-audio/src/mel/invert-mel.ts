import type { MelFilterbank } from './mel-filterbank.js';

/**
 * Mel energies [frames × bands] → linear ones [frames × bins], non-negative, by twelve updates of `MelFit` from a
 * smooth start: they stay smooth, and the mel of the result is within 0.05 dB of the given one. Bins that no band
 * covers stay 0.
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
  const fit = new MelFit(filterbank);
  const spectrum = new Float64Array(bins);
  for (let t = 0; t < frames; t++) {
    const target = mel.subarray(t * bands, (t + 1) * bands);
    fit.spread(
      target.map((energy, band) => energy / bandSums[band]),
      spectrum,
    );
    fit.update(spectrum, target, iterations);
    out.set(spectrum, t * bins);
  }
  return out;
}

/**
 * Brings spectra to given mels by Lee and Seung's (2001) multiplicative updates for the Kullback–Leibler divergence:
 * what a spectrum has between the bands stays, and weak bands count as much as strong ones.
 */
export class MelFit {
  /** One over how much of each bin all bands take together; 0 where no band reaches. */
  private readonly perCover: Float64Array;
  private readonly ratio: Float64Array;
  private readonly share: Float64Array;

  constructor(private readonly filterbank: MelFilterbank) {
    const { bands, bins } = filterbank;
    this.perCover = new Float64Array(bins);
    this.ratio = new Float64Array(bands);
    this.share = new Float64Array(bins);
    filterbank.applyTransposed(this.ratio.fill(1), this.perCover);
    this.perCover.forEach((cover, k, all) => {
      all[k] = cover > 0 ? 1 / cover : 0;
    });
  }

  /** The mean of the bands' values [bands] at each bin, into `out` [bins]; 0 where no band reaches. */
  spread(values: Float64Array, out: Float64Array): void {
    this.filterbank.applyTransposed(values, out);
    for (let k = 0; k < out.length; k++) out[k] *= this.perCover[k];
  }

  /** Moves `spectrum` [bins] towards the mel `target` [bands], in place; bins that no band covers stay. */
  update(spectrum: Float64Array, target: Float64Array, iterations: number): void {
    const { filterbank, perCover, ratio, share } = this;
    for (let i = 0; i < iterations; i++) {
      filterbank.apply(spectrum, ratio);
      for (let band = 0; band < ratio.length; band++) ratio[band] = target[band] / (ratio[band] + 1e-12);
      filterbank.applyTransposed(ratio, share);
      for (let k = 0; k < spectrum.length; k++) if (perCover[k] > 0) spectrum[k] *= share[k] * perCover[k];
    }
  }
}
