/** One clip of a dataset of tokens: a row of its shards. */
export interface ClipTokens {
  /** Names the clip; no two clips of a dataset share one. */
  id: string;
  /** The clip's class, one of the dataset's `labels`, where it has one. */
  label: string | null;
  /** Such as `train` or `test`. */
  split: string;
  /**
   * The tokens of each frame, `[positions of image]` each: first those of the frames as they are, in the order of time,
   * then those of every augmented variant likewise.
   */
  frames: Int32Array[];
  /** The tokens of the sound, `[positions of audio]`. */
  audio: Int32Array;
}
