import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { invertMel } from './invert-mel.js';
import { MelFilterbank, type MelFilterbankOptions } from './mel-filterbank.js';
import { ShortTimeFourier, type ShortTimeFourierOptions } from './short-time-fourier.js';

/** A mel spectrogram in the model's range 0..1, row-major [bands × frames], the lowest band first. */
export interface Mel {
  data: Float32Array;
  bands: number;
  frames: number;
}

/** Every constant of a mel spectrogram, as plain JSON. */
export interface MelConfig extends MelFilterbankOptions, ShortTimeFourierOptions {
  /** Whether frame t is centred at sample t · hopLength, the ends mirrored; or begins there. */
  center: boolean;
  /** Mel of magnitudes (1) or of powers (2). */
  power: 1 | 2;
  /** Values are (decibels − minDb) / (maxDb − minDb), clipped to 0..1. */
  scaling: {
    minDb: number;
    maxDb: number;
    /** Magnitudes (or powers) below this are raised to it before the logarithm. */
    floor: number;
  };
  /** Keeps so many frames from the start; null keeps all. */
  firstFrames: number | null;
  /** Of those, keeps so many in the middle; null keeps all. */
  centerFrames: number | null;
}

/**
 * Sound to mel spectrogram, and back to linear magnitudes.
 *
 * @example
 * const mel = new MelSpectrogram(MEL_SPECVQGAN).forward(samplesAt22050Hz);
 */
export class MelSpectrogram {
  readonly config: Readonly<MelConfig>;
  readonly stft: ShortTimeFourier;
  readonly filterbank: MelFilterbank;

  /** @throws ConfigurationError for constants that do not fit each other. */
  constructor(config: MelConfig) {
    const { minDb, maxDb, floor } = config.scaling;
    if (!(minDb < maxDb && floor > 0)) {
      throw new ConfigurationError(
        `Mel scaling needs minDb < maxDb and floor > 0, not ${JSON.stringify(config.scaling)}.`,
      );
    }
    if (config.power !== 1 && config.power !== 2) {
      throw new ConfigurationError(`The power of a mel spectrogram is 1 or 2, not ${config.power}.`);
    }
    this.config = config;
    this.stft = new ShortTimeFourier(config);
    this.filterbank = new MelFilterbank(config);
  }

  /**
   * [samples] → mel [bands × frames] in 0..1.
   *
   * @throws InvalidInputError for samples that are too few or not finite.
   */
  forward(samples: Float32Array): Mel {
    const { center, power, firstFrames, centerFrames, fftSize, hopLength } = this.config;
    const least = center ? fftSize / 2 + 1 : fftSize;
    if (samples.length < least) {
      throw new InvalidInputError(
        `A mel spectrogram needs ${least} samples or more, not ${samples.length}. Pad the sound with zeros.`,
      );
    }
    const padded = reflect(samples, center ? fftSize / 2 : 0);
    const total = Math.min(this.stft.frames(padded.length), firstFrames ?? Number.POSITIVE_INFINITY);
    const frames = Math.min(total, centerFrames ?? total);
    const skipped = (total - frames) >> 1;

    const { bins } = this.stft;
    const re = new Float32Array(frames * bins);
    const im = new Float32Array(frames * bins);
    this.stft.forward(padded.subarray(skipped * hopLength), frames, re, im);
    const { bands } = this.filterbank;
    const data = new Float32Array(bands * frames);
    const spectrum = new Float64Array(bins);
    const mel = new Float64Array(bands);
    for (let t = 0; t < frames; t++) {
      for (let k = 0, at = t * bins; k < bins; k++, at++) {
        const squared = re[at] * re[at] + im[at] * im[at];
        spectrum[k] = power === 1 ? Math.sqrt(squared) : squared;
      }
      this.filterbank.apply(spectrum, mel);
      for (let band = 0; band < bands; band++) data[band * frames + t] = this.scale(mel[band]);
    }
    const bad = data.findIndex(Number.isNaN);
    if (bad >= 0)
      throw new InvalidInputError('The sound holds samples that are not finite. Check what made it.');
    return { data, bands, frames };
  }

  /**
   * Mel [bands × frames] → the linear magnitudes [frames × bins] that most likely gave it, never
   * negative. The lowest value, 0, becomes silence.
   *
   * @throws ShapeError for a mel of other bands than the configuration's.
   */
  inverse(mel: Mel): Float32Array {
    const linear = invertMel(this.energies(mel), mel.frames, this.filterbank);
    return this.config.power === 1 ? linear : linear.map(Math.sqrt);
  }

  /**
   * Mel [bands × frames] → what the bands held before they were scaled, frame-major [frames × bands]; 0 for the lowest
   * value.
   *
   * @throws ShapeError for a mel of other bands than the configuration's.
   */
  energies({ data, bands, frames }: Mel): Float64Array {
    if (bands !== this.filterbank.bands || data.length !== bands * frames) {
      throw new ShapeError(
        `A mel here is [${this.filterbank.bands} × frames]; this one has ${bands} bands, ${frames} frames and ${data.length} values.`,
      );
    }
    const unscaled = new Float64Array(frames * bands);
    for (let band = 0; band < bands; band++) {
      for (let t = 0; t < frames; t++) unscaled[t * bands + band] = this.unscale(data[band * frames + t]);
    }
    return unscaled;
  }

  private scale(value: number): number {
    const { minDb, maxDb, floor } = this.config.scaling;
    const decibels = (20 / this.config.power) * Math.log10(Math.max(floor, value));
    return Math.min(1, Math.max(0, (decibels - minDb) / (maxDb - minDb)));
  }

  private unscale(value: number): number {
    const { minDb, maxDb } = this.config.scaling;
    const clipped = Math.min(1, Math.max(0, value));
    return clipped === 0 ? 0 : 10 ** ((clipped * (maxDb - minDb) + minDb) * (this.config.power / 20));
  }
}

/** Mirrors `width` samples around the first and the last, as numpy's `reflect` does. */
function reflect(samples: Float32Array, width: number): Float64Array {
  const out = new Float64Array(samples.length + 2 * width);
  out.set(samples, width);
  const last = width + samples.length - 1;
  for (let i = 1; i <= width; i++) {
    out[width - i] = out[width + i];
    out[last + i] = out[last - i];
  }
  return out;
}
