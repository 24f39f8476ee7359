import { type Mel, type MelConfig, MelSpectrogram } from '../mel/mel-spectrogram.js';
import { type MatchMelOptions, matchMel } from './match-mel.js';
import type { VocodeOptions, Vocoder } from './vocoder.js';

/**
 * Another vocoder, which it owns, whose sounds are then matched to their mels: the phases are the network's, the levels
 * the mel's.
 *
 * @example
 * const vocoder = new MelMatchingVocoder(new NeuralVocoder(generator, MEL_DIGITS), MEL_DIGITS);
 */
export class MelMatchingVocoder implements Vocoder {
  readonly sampleRate: number;
  readonly hopLength: number;
  readonly bands: number;
  readonly concurrency?: number;
  private readonly spectrogram: MelSpectrogram;

  constructor(
    readonly vocoder: Vocoder,
    mel: MelConfig,
    private readonly options: Pick<MatchMelOptions, 'iterations' | 'momentum'> = {},
  ) {
    this.spectrogram = new MelSpectrogram(mel);
    this.sampleRate = vocoder.sampleRate;
    this.hopLength = vocoder.hopLength;
    this.bands = vocoder.bands;
    if (vocoder.concurrency) this.concurrency = vocoder.concurrency;
  }

  async vocode(mel: Mel, options: VocodeOptions = {}): Promise<Float32Array> {
    const samples = await this.vocoder.vocode(mel, options);
    return matchMel(samples, mel, this.spectrogram, { ...this.options, signal: options.signal });
  }

  /** Frees the vocoder. */
  async dispose(): Promise<void> {
    await this.vocoder.dispose?.();
  }
}
