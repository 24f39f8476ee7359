import type { Random } from '@visual-echoes/core';
import { softmaxWeights } from './softmax-weights.js';

export interface DrawSettings {
  /** Divides the logits; 0 takes the most likely token. */
  temperature: number;
  /** Only the `topK` most likely tokens; ties with the last are kept. */
  topK?: number;
  /** Only the most likely tokens that together have this probability; ties with the last are kept. */
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
    { temperature, topK, topP }: DrawSettings,
    random: Random,
    scored: boolean,
  ): number {
    const { values, weights, scratch } = this;
    this.read(logits, at, unconditionalAt, scale);
    let best = 0;
    for (let v = 1; v < values.length; v++) if (values[v] > values[best]) best = v;
    const max = values[best];
    const divisor = temperature || 1;
    let total = softmaxWeights(values, max, divisor, weights);
    if (!(total >= 1)) return -1; // the largest weighs 1; a NaN anywhere spreads to the total

    const partition = scored && divisor !== 1 ? softmaxWeights(values, max, 1, scratch) : total;
    if (topK !== undefined && topK < values.length) total = this.keep(topK, false);
    if (topP !== undefined && topP < 1) total = this.keep(topP * total, true);

    const token = temperature === 0 ? best : this.pick(random.uniform() * total);
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

  /** The token at which the running sum of the weights passes `target`. */
  private pick(target: number): number {
    const { weights, vocabulary } = this;
    let rest = target;
    let last = 0;
    for (let v = 0; v < vocabulary; v++) {
      if (weights[v] === 0) continue;
      last = v;
      rest -= weights[v];
      if (rest < 0) return v;
    }
    return last; // rounding
  }

  /** Sets all weights but the largest that together reach `target` to 0; returns the sum of those kept. */
  private keep(target: number, byWeight: boolean): number {
    const { weights, scratch, vocabulary } = this;
    scratch.set(weights);
    const threshold = largestReaching(scratch, target, byWeight);
    let total = 0;
    for (let v = 0; v < vocabulary; v++) {
      if (weights[v] < threshold) weights[v] = 0;
      else total += weights[v];
    }
    return total;
  }
}

/**
 * The largest t for which the values ≥ t reach `target` in number, or by their sum where `bySum`. A quickselect: it
 * reorders `values`, in linear time.
 */
function largestReaching(values: Float64Array, target: number, bySum: boolean): number {
  let low = 0;
  let high = values.length - 1;
  let rest = target;
  let lowest = 0; // what is known to suffice
  while (low <= high) {
    const pivot = values[(low + high) >> 1];
    let above = 0;
    let equal = 0;
    let i = low;
    let firstEqual = low;
    let lastEqual = high;
    while (i <= lastEqual) {
      const value = values[i];
      if (value > pivot) {
        above += bySum ? value : 1;
        values[i++] = values[firstEqual];
        values[firstEqual++] = value;
      } else if (value < pivot) {
        values[i] = values[lastEqual];
        values[lastEqual--] = value;
      } else {
        equal += bySum ? value : 1;
        i++;
      }
    }
    if (above >= rest) {
      lowest = pivot;
      high = firstEqual - 1;
    } else if (above + equal >= rest) {
      return pivot;
    } else {
      rest -= above + equal;
      low = lastEqual + 1;
    }
  }
  return lowest; // only where rounding lets the sum fall short
}
