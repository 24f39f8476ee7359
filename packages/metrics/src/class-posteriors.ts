import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';

/** What a classifier gave: `probabilities` that sum to 1, or `logits` of which softmax is taken here. */
export type PosteriorKind = 'probabilities' | 'logits';

/** How far a row of probabilities may sum from 1: float32 and rounded files pass, logits do not. */
const SUM_TOLERANCE = 1e-3;

export interface Posterior {
  /** [C] */
  readonly probabilities: Float64Array;
  /** [C]; finite for logits even where the probability underflows. */
  readonly logarithms: Float64Array;
}

/**
 * Row `row` of `values` [N, C] as probabilities and their logarithms, in double precision. The values must
 * be finite. Throws an `InvalidInputError` where probabilities are negative or do not sum to 1.
 */
export function posterior(
  values: ArrayLike<number>,
  row: number,
  classes: number,
  kind: PosteriorKind,
): Posterior {
  const logarithms = new Float64Array(classes);
  const probabilities = new Float64Array(classes);
  const start = row * classes;
  if (kind === 'logits') {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, values[start + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(values[start + c] - largest);
    for (let c = 0; c < classes; c++) {
      logarithms[c] = values[start + c] - largest - Math.log(sum);
      probabilities[c] = Math.exp(logarithms[c]);
    }
    return { probabilities, logarithms };
  }
  if (kind !== 'probabilities') {
    throw new ConfigurationError(`kind is ${JSON.stringify(kind)}. Use 'probabilities' or 'logits'.`);
  }
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const probability = values[start + c];
    if (probability < 0) throw notProbabilities(row, `hold ${probability}`);
    sum += probability;
    probabilities[c] = probability;
    logarithms[c] = Math.log(probability);
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) throw notProbabilities(row, `sum to ${sum}`);
  return { probabilities, logarithms };
}

function notProbabilities(row: number, what: string): InvalidInputError {
  return new InvalidInputError(
    `The probabilities of sample ${row} ${what}. Give probabilities that sum to 1, or logits with kind: 'logits'.`,
  );
}
