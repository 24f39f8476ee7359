import { ShapeError, UNKNOWN } from '@visual-echoes/core';
import type { FieldLayout } from './configuration.js';
import type { MaskedBatch } from './mask-batch.js';

/*
 * Where everything lies. A sample is a class token and the L positions of the fields that are present, N = 1 + L; a
 * batch is flat, B·N rows for the decoder and B·K for the encoder, which sees the class token and what is not dropped.
 */

/** A field of a sequence. */
export interface PresentField extends FieldLayout {
  /** Of its first position among the N of the sequence; `start` is that among the positions of all fields. */
  readonly row: number;
}

/** The fields of a batch, one after the other; all of them where it names none. */
export function presentFields(layouts: readonly FieldLayout[], names?: readonly string[]): PresentField[] {
  let row = 1;
  return layouts
    .filter(({ name }) => !names || names.includes(name))
    .map((layout) => {
      const present = { ...layout, row };
      row += layout.positions;
      return present;
    });
}

/** L: the positions of all these fields. */
export const totalPositions = (fields: readonly { positions: number }[]): number =>
  fields.reduce((sum, { positions }) => sum + positions, 0);

/** The encoder's words and positions, int32 `[B·K]`. */
export function encoderInput(
  fields: readonly PresentField[],
  { size, tokens, masked, dropped }: MaskedBatch,
  { classToken, maskToken }: { classToken: number; maskToken: number },
): { words: Int32Array; positions: Int32Array } {
  const length = totalPositions(fields);
  for (const values of [tokens, masked, dropped]) {
    if (values.length !== size * length) {
      throw new ShapeError(
        `A batch of ${size} samples needs ${size}·${length} tokens and as many marks, not ${values.length}.`,
      );
    }
  }
  const words: number[] = [];
  const positions: number[] = [];
  let kept: number | undefined;
  for (let sample = 0; sample < size; sample++) {
    words.push(classToken);
    positions.push(0);
    for (const { start, row, positions: count, offset } of fields) {
      for (let p = 0; p < count; p++) {
        const i = sample * length + row + p - 1;
        if (dropped[i]) continue;
        words.push(masked[i] || tokens[i] === UNKNOWN ? maskToken : offset + tokens[i]);
        positions.push(start + p);
      }
    }
    kept ??= words.length;
    if (words.length !== kept * (sample + 1)) {
      throw new ShapeError('The samples of a batch must drop equally many positions; use maskBatch.');
    }
  }
  return { words: Int32Array.from(words), positions: Int32Array.from(positions) };
}

/**
 * For every position of the decoder, the row of the encoder's output that stands there, or of the padding where it is
 * dropped or masked: int32 `[B·N]`. Row B·K is the learned padding; without it a sample's own class token pads.
 */
export function decoderSource(
  { size, masked, dropped }: MaskedBatch,
  { kept, learned }: { kept: number; learned: boolean },
): Int32Array {
  const length = masked.length / size;
  const source = new Int32Array(size * (1 + length));
  let row = 0;
  for (let sample = 0, at = 0; sample < size; sample++) {
    const padding = learned ? size * kept : row;
    source[at++] = row++;
    for (let i = sample * length; i < (sample + 1) * length; i++) {
      const own = dropped[i] ? padding : row++;
      source[at++] = masked[i] ? padding : own;
    }
  }
  return source;
}

/** The rows `[B·N]` of a field's masked positions whose code is known, and the codes. */
export function askedPositions(
  { size, tokens, masked }: MaskedBatch,
  { row, positions }: PresentField,
): { rows: number[]; codes: Int32Array } {
  const length = masked.length / size;
  const rows: number[] = [];
  const codes: number[] = [];
  for (let sample = 0; sample < size; sample++) {
    for (let p = row; p < row + positions; p++) {
      const i = sample * length + p - 1;
      if (!masked[i] || tokens[i] === UNKNOWN) continue;
      rows.push(sample * (1 + length) + p);
      codes.push(tokens[i]);
    }
  }
  return { rows, codes: Int32Array.from(codes) };
}
