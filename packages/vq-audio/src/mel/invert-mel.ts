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
    if (target.every((energy) => energy === 0)) continue;
    fit.spread(
      target.map((energy, band) => energy / bandSums[band]),
      spectrum,
    );
    const gains = fit.gains(spectrum, target, iterations);
    for (let k = 0; k < bins; k++) out[t * bins + k] = spectrum[k] * gains[k];
  }
  return out;
}

/**
 * Brings spectra to given mels by Lee and Seung's (2001) multiplicative updates for the Kullback–Leibler divergence:
 * what a spectrum has between the bands stays, and weak bands count as much as strong ones.
 */
export class MelFit {
  /** The lower of the two bands that a bin lies in; the other is the next. */
  private readonly band: Int32Array;
  /** What a bin gives to each of the two; 0 where there is none. */
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  /** The shares of the two in a bin, which sum to 1; 0 where no band reaches. */
  private readonly lowerShare: Float64Array;
  private readonly upperShare: Float64Array;
  /** By band, and one after the last. */
  private readonly ratio: Float64Array;
  private readonly gain: Float64Array;

  constructor({ bands, bins, first, weights }: MelFilterbank) {
    this.band = new Int32Array(bins).fill(-1);
    this.lower = new Float64Array(bins);
    this.upper = new Float64Array(bins);
    weights.forEach((run, band) => {
      run.forEach((weight, i) => {
        const k = first[band] + i;
        if (this.band[k] < 0) {
          this.band[k] = band;
          this.lower[k] = weight;
        } else this.upper[k] = weight;
      });
    });
    const share = (of: Float64Array) => of.map((weight, k) => weight / (this.lower[k] + this.upper[k] || 1));
    this.lowerShare = share(this.lower);
    this.upperShare = share(this.upper);
    this.band.forEach((band, k) => {
      this.band[k] = Math.max(0, band);
    });
    this.ratio = new Float64Array(bands + 1);
    this.gain = new Float64Array(bins);
  }

  /** The mean of the bands' values [bands] at each bin, into `out` [bins]; 0 where no band reaches. */
  spread(values: Float64Array, out: Float64Array): void {
    const { band, ratio, lowerShare, upperShare } = this;
    ratio.set(values);
    for (let k = 0; k < out.length; k++) {
      out[k] = lowerShare[k] * ratio[band[k]] + upperShare[k] * ratio[band[k] + 1];
    }
  }

  /**
   * What each bin of `spectrum` [bins] is multiplied by on its way to the mel `target` [bands]; 1 where no band reaches.
   * The next call writes over it.
   */
  gains(spectrum: Float64Array, target: Float64Array, updates: number): Float64Array {
    const { band, lower, upper, lowerShare, upperShare, ratio, gain } = this;
    gain.fill(1);
    for (let i = 0; i < updates; i++) {
      ratio.fill(0);
      for (let k = 0; k < spectrum.length; k++) {
        const energy = spectrum[k] * gain[k];
        ratio[band[k]] += lower[k] * energy;
        ratio[band[k] + 1] += upper[k] * energy;
      }
      for (let b = 0; b < target.length; b++) ratio[b] = target[b] / (ratio[b] + 1e-12);
      for (let k = 0; k < spectrum.length; k++) {
        const factor = lowerShare[k] * ratio[band[k]] + upperShare[k] * ratio[band[k] + 1];
        if (lowerShare[k] > 0) gain[k] *= factor;
      }
    }
    return gain;
  }
}
