import * as tf from '@tensorflow/tfjs-core';
import { type DrawnTokens, type FieldDraws, fusedKernel } from '@visual-echoes/core';

interface Field {
  readonly name: string;
  readonly positions: number;
  readonly vocabulary: number;
}

/**
 * Draws tokens of fields from their logits `[canvases · positions, vocabulary]` by the engine's kernel `DrawTokens`, which
 * must be there; of all fields one after the other, the token and the score of each position.
 */
export function drawFields(
  logits: readonly tf.Tensor[],
  fields: readonly Field[],
  draws: Readonly<Record<string, FieldDraws>>,
): tf.Tensor1D {
  const kernel = fusedKernel('DrawTokens')!;
  const drawn = fields.map(({ name, positions, vocabulary }, i) => {
    const { rows, unconditionalRows, temperature, numbers } = draws[name];
    const canvases = tf.reshape(logits[i], [-1, positions * vocabulary]);
    const rowsOf = (chosen: readonly number[]) =>
      tf.reshape(tf.gather(canvases, tf.tensor1d([...chosen], 'int32')), [-1, vocabulary]);
    const inputs = { logits: rowsOf(rows), numbers: tf.tensor2d(numbers, [numbers.length / 3, 3]) };
    const guided = unconditionalRows.some((row, sample) => row !== rows[sample]);
    const all = guided ? { ...inputs, unconditional: rowsOf(unconditionalRows) } : inputs;
    return tf.reshape(kernel(all, { temperature })[0], [-1]);
  });
  return drawn.length === 1 ? (drawn[0] as tf.Tensor1D) : tf.concat1d(drawn as tf.Tensor1D[]);
}

/** The values of `drawFields` as tokens and scores by field. */
export function readDraws(
  values: Float32Array,
  fields: readonly Field[],
  draws: Readonly<Record<string, FieldDraws>>,
): Record<string, DrawnTokens> {
  let first = 0;
  return Object.fromEntries(
    fields.map(({ name }) => {
      const count = draws[name].numbers.length / 3;
      const pair = (i: number) => first + 2 * i;
      const drawn = {
        tokens: Int32Array.from({ length: count }, (_, i) => values[pair(i)]),
        scores: Float32Array.from({ length: count }, (_, i) => values[pair(i) + 1]),
      };
      first += 2 * count;
      return [name, drawn];
    }),
  );
}
