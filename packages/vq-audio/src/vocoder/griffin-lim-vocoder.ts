import { Random } from '@visual-echoes/core';
import { type Mel, type MelConfig, MelSpectrogram } from '../mel/mel-spectrogram.js';
import { type GriffinLimOptions, griffinLim } from './griffin-lim.js';
import { matchMel } from './match-mel.js';
import type { VocodeOptions, Vocoder } from './vocoder.js';

/** Options of `GriffinLimVocoder`. */
export interface GriffinLimVocoderOptions extends Pick<GriffinLimOptions, 'iterations' | 'momentum'> {
  /** The first phases: random ones by the call's seed (0 by default), or all zero. */
  phase?: 'random' | 'zero';
  /**
   * What every iteration brings the sound back to: the linear magnitudes that the mel is inverted to, as Griffin and Lim
   * do, or the mel itself (`matchMel`), which leaves what lies between its bands to the phases.
   */
  target?: 'magnitudes' | 'mel';
}

/**
 * A vocoder without weights: the mel is inverted to linear magnitudes, and Griffin–Lim finds the phases. With the mel for
 * a `target` it comes nearer to the mel and to the recording in the same time; `momentum` is then 0.9 by default.
 *
 * @example
 * const samples = new GriffinLimVocoder(MEL_DIGITS, { target: 'mel' }).vocode(mel);
 */
export class GriffinLimVocoder implements Vocoder {
  readonly sampleRate: number;
  readonly hopLength: number;
  readonly bands: number;
  private readonly mel: MelSpectrogram;
  private readonly options: Required<GriffinLimVocoderOptions>;

  constructor(
    config: MelConfig,
    {
      iterations = 32,
      target = 'magnitudes',
      momentum = target === 'mel' ? 0.9 : 0.99,
      phase = 'random',
    }: GriffinLimVocoderOptions = {},
  ) {
    this.mel = new MelSpectrogram(config);
    this.sampleRate = config.sampleRate;
    this.hopLength = config.hopLength;
    this.bands = config.melBands;
    this.options = { iterations, momentum, phase, target };
  }

  vocode(mel: Mel, { seed = 0, signal }: VocodeOptions = {}): Float32Array {
    const { iterations, momentum, phase, target } = this.options;
    const toMel = target === 'mel';
    const samples = griffinLim(this.mel.inverse(mel), this.mel.stft, {
      iterations: toMel ? 0 : iterations,
      momentum,
      random: phase === 'random' ? new Random(seed) : undefined,
      signal,
    });
    return toMel ? matchMel(samples, mel, this.mel, { iterations, momentum, signal }) : samples;
  }
}
