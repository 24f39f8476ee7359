import { ConfigurationError } from '@visual-echoes/core';

/** Slaney's Auditory Toolbox (1998): linear to 1 kHz, logarithmic above. HTK: 2595·log10(1 + f/700). */
export type MelScale = 'slaney' | 'htk';

const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** Hz to mel. */
export function hzToMel(hz: number, scale: MelScale): number {
  if (scale === 'htk') return 2595 * Math.log10(1 + hz / 700);
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

/** Mel to Hz. */
export function melToHz(mel: number, scale: MelScale): number {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp((mel - BREAK_MEL) * LOG_STEP);
}

/** What a filterbank is made from. */
export interface MelFilterbankOptions {
  /** Hz. */
  sampleRate: number;
  fftSize: number;
  melBands: number;
  /** The lowest band begins here, Hz. */
  fMin: number;
  /** The highest band ends here, Hz; at most half the sample rate. */
  fMax: number;
  melScale: MelScale;
  /** `'slaney'` gives every triangle the same area; `null` gives every triangle the height 1. */
  norm: 'slaney' | null;
}

/** Triangular mel filters [bands × bins], kept as one run of weights a band, for most are zero. */
export class MelFilterbank {
  readonly bands: number;
  readonly bins: number;
  /** The first bin of each band's run. */
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];

  /** @throws ConfigurationError for edges out of order, or a band too narrow to hold a bin. */
  constructor({ sampleRate, fftSize, melBands, fMin, fMax, melScale, norm }: MelFilterbankOptions) {
    if (!(fMin >= 0 && fMin < fMax && fMax <= sampleRate / 2)) {
      throw new ConfigurationError(
        `Mel bands lie within 0 <= fMin < fMax <= ${sampleRate / 2} Hz, not ${fMin} to ${fMax} Hz.`,
      );
    }
    this.bands = melBands;
    this.bins = fftSize / 2 + 1;
    this.first = new Int32Array(melBands);
    const low = hzToMel(fMin, melScale);
    const high = hzToMel(fMax, melScale);
    const edges = Array.from({ length: melBands + 2 }, (_, i) =>
      melToHz(low + ((high - low) * i) / (melBands + 1), melScale),
    );
    this.weights = Array.from({ length: melBands }, (_, band) => {
      const [left, centre, right] = edges.slice(band, band + 3);
      const height = norm === 'slaney' ? 2 / (right - left) : 1;
      const run: number[] = [];
      for (let bin = 0; bin < this.bins; bin++) {
        const hz = (bin * sampleRate) / fftSize;
        const weight = Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
        if (weight <= 0) continue;
        if (run.length === 0) this.first[band] = bin;
        run.push(weight * height);
      }
      if (run.length === 0) {
        throw new ConfigurationError(
          `Mel band ${band} (${left.toFixed(1)} to ${right.toFixed(1)} Hz) holds no bin of an FFT of ${fftSize}. ` +
            'Use fewer bands or a longer FFT.',
        );
      }
      return Float64Array.from(run);
    });
  }

  /** bands ← filters · bins, for one frame: `spectrum` [bins] into `out` [bands]. */
  apply(spectrum: ArrayLike<number>, out: Float64Array): void {
    for (let band = 0; band < this.bands; band++) {
      const run = this.weights[band];
      const from = this.first[band];
      let sum = 0;
      for (let i = 0; i < run.length; i++) sum += run[i] * spectrum[from + i];
      out[band] = sum;
    }
  }
}
