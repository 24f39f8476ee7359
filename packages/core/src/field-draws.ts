/** What a step of sampling draws of one field, where the logits are. */
export interface FieldDraws {
  /** The row of each sample among the canvases. */
  rows: readonly number[];
  /** Its row with the condition masked; its own, where it is not guided. */
  unconditionalRows: readonly number[];
  /** Divides the logits; 0 takes the most likely token. */
  temperature: number;
  /**
   * For each sample and position the uniform number in 0..1 that picks the token, what is added to its log probability,
   * and the guidance scale: `[samples · positions · 3]`.
   */
  numbers: Float32Array;
}

/** Tokens, and their log probabilities before temperature with what is added; both `[samples · positions]`. */
export interface DrawnTokens {
  tokens: Int32Array;
  scores: Float32Array;
}
