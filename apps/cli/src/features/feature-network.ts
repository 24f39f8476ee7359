import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';

/** Features of N media. */
export interface Features {
  /** `[N, D]`. */
  values: Float32Array;
  /** D. */
  dimension: number;
}

/** What a network takes. */
export type Medium = 'picture' | 'sound';

/**
 * A network in whose features the Fréchet distance is measured: FID is the distance in those of Inception, FAD in
 * those of VGGish. A figure is named after it.
 */
export interface FeatureNetwork {
  /** As in "Fréchet distance, features of VGGish". */
  readonly name: string;
  readonly medium: Medium;
  /** Media of its medium → features `[N, D]`. */
  embed(media: readonly (Picture | Waveform)[]): Promise<Features>;
  /** Class probabilities `[N, C]`, where it has any. */
  classify?(media: readonly (Picture | Waveform)[]): Promise<Features>;
  /** Frees what it holds. */
  dispose(): void;
}
