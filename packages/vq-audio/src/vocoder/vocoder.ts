import type { Mel } from '../mel/mel-spectrogram.js';

/** Options of one call of a vocoder. */
export interface VocodeOptions {
  /** Where the vocoder draws random numbers, the same seed gives the same samples. */
  seed?: number;
  signal?: AbortSignal;
}

/** Mel spectrogram in 0..1 to sound. */
export interface Vocoder {
  /** Of what it gives, in Hz. */
  readonly sampleRate: number;
  /** Samples a frame. */
  readonly hopLength: number;
  /** Mel bands it takes. */
  readonly bands: number;
  /** Calls that it works on at once, where that is more than one. */
  readonly concurrency?: number;
  /** Mel [bands × frames] → samples [frames · hopLength]. */
  vocode(mel: Mel, options?: VocodeOptions): Float32Array | Promise<Float32Array>;
  /** Frees what it holds, where it holds anything. */
  dispose?(): void | Promise<void>;
}
