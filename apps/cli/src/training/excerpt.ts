import type { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';

/** A piece of a sound and its mel spectrogram: frame t is centred at sample t · hopLength. */
export interface Excerpt {
  samples: Float32Array;
  mel: Mel;
}

/** Where the pieces come from that a vocoder is trained on. */
export interface ExcerptSource {
  readonly hopLength: number;
  /** Of an excerpt. */
  readonly samples: number;
  /** An excerpt drawn from `random`. */
  draw(random: Random): Excerpt | Promise<Excerpt>;
}
