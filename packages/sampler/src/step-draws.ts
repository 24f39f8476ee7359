import { type DrawnTokens, type FieldDraws, positionsOf, ShapeError } from '@visual-echoes/core';
import type { FieldFilling } from './field-filling.js';

/** What a predictor that draws is asked in one step, of all samples together. */
export class StepDraws {
  private readonly fields = new Map<
    string,
    { filling: FieldFilling; row: number; unconditionalRow: number }[]
  >();
  /** Where each filling's positions begin in its field's answer. */
  private readonly starts = new Map<FieldFilling, number>();

  /** @param unconditionalRow −1 without guidance. */
  add(filling: FieldFilling, row: number, unconditionalRow: number): void {
    const { field } = filling;
    const known = this.fields.get(field.name) ?? [];
    this.starts.set(filling, known.length * positionsOf(field));
    this.fields.set(field.name, [...known, { filling, row, unconditionalRow }]);
  }

  /** The question; it takes the random numbers of this step. */
  all(): Record<string, FieldDraws> {
    const question: Record<string, FieldDraws> = {};
    for (const [name, samples] of this.fields) {
      const { field, temperature } = samples[0].filling;
      const stride = 3 * positionsOf(field);
      const numbers = new Float32Array(samples.length * stride);
      samples.forEach(({ filling }, i) => {
        numbers.set(filling.numbers(), i * stride);
      });
      question[name] = {
        rows: samples.map(({ row }) => row),
        unconditionalRows: samples.map(({ row, unconditionalRow }) =>
          unconditionalRow < 0 ? row : unconditionalRow,
        ),
        temperature,
        numbers,
      };
    }
    return question;
  }

  /** Fixes the tokens of a filling by the answer. @throws ShapeError where the answer has other lengths. */
  fill(filling: FieldFilling, answer: Readonly<Record<string, DrawnTokens>>): Int32Array {
    const { name } = filling.field;
    const length = this.fields.get(name)!.length * positionsOf(filling.field);
    const drawn = answer?.[name];
    if (drawn?.tokens.length !== length || drawn.scores.length !== length) {
      throw new ShapeError(
        `The predictor drew ${drawn?.tokens.length ?? 'no'} tokens of the field "${name}"; ${length} were asked for.`,
      );
    }
    return filling.fillDrawn(drawn, this.starts.get(filling)!);
  }
}
