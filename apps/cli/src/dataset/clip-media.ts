import type { Mel } from '@visual-echoes/vq-audio';

/** One clip of a dataset of pictures and mel spectrograms: a row of its shards. */
export interface ClipMedia {
  /** Names the clip. */
  id: string;
  /** The clip's class, one of the dataset's `labels`, where it has one. */
  label: string | null;
  /** Such as `train` or `test`. */
  split: string;
  /** Files, JPEG or PNG: first the frames as they are, in the order of time, then every augmented variant likewise. */
  frames: Uint8Array[];
  /** Of the sound, 0..1, kept in half precision. */
  mel: Mel;
}
