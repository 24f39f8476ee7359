import type { Random } from '@visual-echoes/core';
import { softmaxWeights } from './softmax-weights.js';

export interface DrawSettings {
  /** Divides the logits; 0 takes the most likely token. */
  temperature: number;
  /** Only the `topK` most likely tokens; ties with the last are kept. */
  topK?: number;
  /**
   * Only the most likely tokens that together have this probability, of all tokens at this temperature; ties with
   * the last are kept.
   */
  topP?: number;
}

/**
 * Draws tokens from the softmax of logits. It keeps its working space between draws, so that drawing allocates
 * nothing.
 */
export class TokenDrawer {
  /** Log probability of the latest token, before temperature, top-k and top-p. */
  logProbability = 0;
  private readonly values: Float64Array; // (guided) logits
  private readonly weights: Float64Array;
  private readonly scratch: Float64Array;

  constructor(private readonly vocabulary: number) {
    this.values = new Float64Array(vocabulary);
    this.weights = new Float64Array(vocabulary);
    this.scratch = new Float64Array(vocabulary);
  }

  /**
   * Draws from the `vocabulary` logits that start at `at`; where `unconditionalAt` ≥ 0, from u + `scale` · (c − u).
   * Returns −1 where they are no distribution (NaN, +Infinity, or nothing above −Infinity).
   *
   * @param scored whether `logProbability` is wanted.
   */
  draw(
    logits: Float32Array,
    at: number,
    unconditionalAt: number,
    scale: number,
    { temperature, topK = Infinity, topP = 1 }: DrawSettings,
    random: Random,
    scored: boolean,
  ): number {
    const { values, weights, scratch } = this;
    this.read(logits, at, unconditionalAt, scale);
    let best = 0;
    for (let v = 1; v < values.length; v++) if (values[v] > values[best]) best = v;
    const max = values[best];
    const divisor = temperature || 1;
    const total = softmaxWeights(values, max, divisor, weights);
    if (!(total >= 1)) return -1; // the largest weighs 1; a NaN anywhere spreads to the total

    const partition = scored && divisor !== 1 ? softmaxWeights(values, max, 1, scratch) : total;
    const token = temperature === 0 ? best : this.pick(total, topK, topP, random);
    if (scored) this.logProbability = values[token] - max - Math.log(partition);
    return token;
  }

  /** Copies the logits, guided where `unconditionalAt` ≥ 0. */
  private read(logits: Float32Array, at: number, unconditionalAt: number, scale: number): void {
    const { values, vocabulary } = this;
    for (let v = 0; v < vocabulary; v++) values[v] = logits[at + v];
    if (unconditionalAt < 0) return;
    for (let v = 0; v < vocabulary; v++) {
      const u = logits[unconditionalAt + v];
      // −Infinity forbids a token: conditionally for good, unconditionally with nothing to compare to.
      if (values[v] !== -Infinity && u !== -Infinity) values[v] = u + scale * (values[v] - u);
    }
  }

  /**
   * Draws in proportion to the weights. A token outside top-k or top-p is thrown away with all that weigh no more,
   * and another drawn from the rest: the same distribution as filtering first, without sorting.
   */
  private pick(total: number, topK: number, topP: number, random: Random): number {
    const { weights } = this;
    const filtered = topK < weights.length || topP < 1;
    let rest = total;
    for (;;) {
      const token = atRunningSum(weights, random.uniform() * rest);
      if (!filtered) return token;
      let rank = 0;
      let above = 0;
      for (let v = 0; v < weights.length; v++) {
        if (weights[v] > weights[token]) {
          rank++;
          above += weights[v];
        }
      }
      if (rank < topK && (topP === 1 || above < topP * total)) return token;
      rest = above;
      const limit = weights[token];
      for (let v = 0; v < weights.length; v++) if (weights[v] <= limit) weights[v] = 0;
    }
  }
}

/** Where the running sum of the weights passes `target`. */
function atRunningSum(weights: Float64Array, target: number): number {
  let rest = target;
  let last = 0;
  for (let v = 0; v < weights.length; v++) {
    if (weights[v] === 0) continue;
    last = v;
    rest -= weights[v];
    if (rest < 0) return v;
  }
  return last; // rounding
}
