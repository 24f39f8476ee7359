import { Random } from '@visual-echoes/core';
import { type Mel, type MelConfig, MelSpectrogram } from '../mel/mel-spectrogram.js';
import { type GriffinLimOptions, griffinLim } from './griffin-lim.js';
import type { VocodeOptions, Vocoder } from './vocoder.js';

/** Options of `GriffinLimVocoder`. */
export interface GriffinLimVocoderOptions extends Pick<GriffinLimOptions, 'iterations' | 'momentum'> {
  /** The first phases: random ones by the call's seed (0 by default), or all zero. */
  phase?: 'random' | 'zero';
}

/**
 * A vocoder without weights: the mel is inverted to linear magnitudes, and Griffin–Lim finds the phases.
 *
 * @example
 * const samples = new GriffinLimVocoder(MEL_DIGITS).vocode(mel);
 */
export class GriffinLimVocoder implements Vocoder {
  readonly sampleRate: number;
  readonly hopLength: number;
  readonly bands: number;
  private readonly mel: MelSpectrogram;
  private readonly options: Required<GriffinLimVocoderOptions>;

  constructor(
    config: MelConfig,
    { iterations = 32, momentum = 0.99, phase = 'random' }: GriffinLimVocoderOptions = {},
  ) {
    this.mel = new MelSpectrogram(config);
    this.sampleRate = config.sampleRate;
    this.hopLength = config.hopLength;
    this.bands = config.melBands;
    this.options = { iterations, momentum, phase };
  }

  vocode(mel: Mel, { seed = 0, signal }: VocodeOptions = {}): Float32Array {
    const { iterations, momentum, phase } = this.options;
    return griffinLim(this.mel.inverse(mel), this.mel.stft, {
      iterations,
      momentum,
      random: phase === 'random' ? new Random(seed) : undefined,
      signal,
    });
  }
}
