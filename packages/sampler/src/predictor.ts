import type { Canvas, DrawnTokens, FieldDraws, TokenField } from '@visual-echoes/core';

/** Predicted logits by field name, each `[batch · positions · vocabulary]`, the last axis fastest. */
export type Logits = Record<string, Float32Array>;

export interface PredictOptions {
  /** Fires when the caller no longer wants the answer. */
  signal?: AbortSignal;
  /** The fields whose logits will be read; the others may be left out of the answer. */
  fields?: readonly string[];
}

/**
 * Anything that guesses unknown tokens from known ones: a transformer, an ONNX session, a remote service, a table.
 * Sampling needs nothing else.
 */
export interface Predictor {
  readonly fields: readonly TokenField[];
  /**
   * The logits of every position, given canvases with −1 where a token is unknown. A row of the answer may depend
   * on its own canvas only; canvases are lent for the call and must not be changed. Where a stage of the sampling
   * says which fields are `given`, all canvases of the call lack the others.
   */
  predict(canvases: readonly Canvas[], options?: PredictOptions): Logits | Promise<Logits>;
  /**
   * Draws tokens where the logits are, on a GPU say, so that they need not be read back. Where it is there, it is asked
   * in place of `predict`, but for top-k and top-p.
   */
  readonly draw?:
    | ((
        canvases: readonly Canvas[],
        draws: Readonly<Record<string, FieldDraws>>,
        options?: PredictOptions,
      ) => Promise<Record<string, DrawnTokens>>)
    | undefined;
}
