import {
  type DrawnTokens,
  InvalidInputError,
  positionsOf,
  Random,
  type TokenField,
  UNKNOWN,
} from '@visual-echoes/core';
import { type GuidanceGrowth, guidanceScale } from './guidance.js';
import { haltonOrder } from './halton-order.js';
import type { Order } from './order.js';
import { forField } from './per-field.js';
import { fieldPlan, type Plan } from './plan.js';
import { maskedCounts, type Schedule } from './schedule.js';
import type { DrawSettings, TokenDrawer } from './token-drawer.js';

/** The settings of one field, with no choice left open. */
export interface FillSettings extends DrawSettings {
  steps: number;
  schedule: Schedule;
  order: Order;
  scale: number;
  growth: GuidanceGrowth;
  interval: readonly [number, number];
  /** Instead of `steps` and `schedule`. */
  plan?: Plan | undefined;
}

/** One field of one sample while it is filled, step by step. */
export class FieldFilling {
  /** How many steps it takes: 0 where nothing is unknown. */
  readonly steps: number;
  private step = 0;
  private masked: Int32Array; // positions, by row for `confidence`, in their order for `halton`
  private readonly counts: Int32Array; // still masked after each step
  private readonly scales: readonly (number | undefined)[]; // of the steps that name one
  private readonly turns: Uint8Array; // of the sample's steps, 1 where this field has its own; empty for all
  private readonly noise: number;
  private readonly random: Random;

  /** @param tokens the field's tokens on the sample's canvas, which are filled in place. */
  constructor(
    readonly field: TokenField,
    private readonly tokens: Int32Array,
    private readonly settings: FillSettings,
    private readonly drawer: TokenDrawer,
    seed: number,
  ) {
    const { order, steps, schedule, plan } = settings;
    this.random = new Random(seed).fork(field.name);
    const positions =
      order.name === 'halton'
        ? haltonOrder(field.grid, order.offset ?? this.random.integer(tokens.length))
        : Int32Array.from(tokens.keys());
    this.masked = positions.filter((position) => tokens[position] === UNKNOWN);
    const round = order.name === 'halton' ? 'fixed' : 'masked';
    if (plan) {
      const { fixes, scales } = fieldPlan(plan, field.name, this.masked.length);
      let left = this.masked.length;
      this.counts = fixes.filter((count) => count > 0).map((count) => (left -= count));
      this.scales = scales.filter((_, i) => fixes[i] > 0);
      this.turns = Uint8Array.from(fixes, (count) => (count > 0 ? 1 : 0));
    } else {
      this.counts = maskedCounts(this.masked.length, { steps, schedule, round });
      this.scales = [];
      this.turns = new Uint8Array(0);
    }
    this.steps = this.counts.length;
    this.noise = order.name === 'confidence' ? (forField(order.temperature, field.name) ?? 4.5) : 0;
  }

  get isFilled(): boolean {
    return this.step === this.steps;
  }

  /** Whether it fixes tokens in this step of its sample's stage, from 0. */
  hasTurn(step: number): boolean {
    return !this.isFilled && (this.turns.length === 0 || this.turns[step] === 1);
  }

  /** The number of its sample's steps by which it is filled. */
  get lastTurn(): number {
    return this.turns.length === 0 ? this.steps : this.turns.lastIndexOf(1) + 1;
  }

  /** The guidance scale of the next step. */
  get scale(): number {
    return this.scales[this.step] ?? guidanceScale(this.settings, this.step + 1, this.steps);
  }

  /** Divides the logits. */
  get temperature(): number {
    return this.settings.temperature;
  }

  /** Whether tokens may be drawn by a single number each. */
  get drawsByNumbers(): boolean {
    const { topK = Infinity, topP = 1 } = this.settings;
    return topK >= this.field.vocabulary && topP === 1;
  }

  /**
   * Fixes the tokens of one step from the field's logits, where this sample is at `row` and, with the condition
   * masked, at `unconditionalRow` (−1 without guidance). Returns the positions, ascending.
   */
  fill(logits: Float32Array, row: number, unconditionalRow: number): Int32Array {
    const { masked, tokens, settings, random, drawer, scale } = this;
    const { drawn, ranked, noise } = this.plan();
    const { vocabulary } = this.field;
    const stride = positionsOf(this.field) * vocabulary;
    const scores = new Float64Array(drawn);
    for (let i = 0; i < drawn; i++) {
      const at = masked[i] * vocabulary;
      const unconditionalAt = unconditionalRow < 0 ? -1 : unconditionalRow * stride + at;
      const token = drawer.draw(logits, row * stride + at, unconditionalAt, scale, settings, random, ranked);
      if (token < 0) this.refuse(logits, row, unconditionalRow, masked[i]);
      tokens[masked[i]] = token;
      if (ranked) scores[i] = drawer.logProbability + (noise > 0 ? noise * random.gumbel() : 0);
    }
    return this.fix(scores);
  }

  /** The numbers by which the predictor is to draw this step's tokens, as `FieldDraws` has them: `[positions · 3]`. */
  numbers(): Float32Array {
    const { masked, random, scale, settings } = this;
    const { drawn, ranked, noise } = this.plan();
    const numbers = new Float32Array(3 * this.tokens.length);
    for (let i = 0; i < drawn; i++) {
      const uniform = settings.temperature === 0 ? 0 : random.uniform();
      const added = ranked && noise > 0 ? noise * random.gumbel() : 0;
      numbers.set([uniform, added, scale], 3 * masked[i]);
    }
    return numbers;
  }

  /** Fixes the tokens of one step that the predictor drew, which are at `at`. Returns the positions, ascending. */
  fillDrawn(drawn: DrawnTokens, at: number): Int32Array {
    const { masked, tokens } = this;
    const scores = new Float64Array(this.plan().drawn);
    for (let i = 0; i < scores.length; i++) {
      tokens[masked[i]] = drawn.tokens[at + masked[i]];
      scores[i] = drawn.scores[at + masked[i]];
      if (Number.isNaN(scores[i])) this.refuseValue(Number.NaN, masked[i]);
    }
    return this.fix(scores);
  }

  /** How many positions the next step fixes, how many it draws for that, and the noise on their confidence. */
  private plan(): { count: number; drawn: number; ranked: boolean; noise: number } {
    const { masked, settings, step, steps } = this;
    const count = masked.length - this.counts[step];
    const ranked = settings.order.name === 'confidence' && count < masked.length;
    const noise = this.noise * (1 - (step + 1) / steps);
    return { count, drawn: ranked ? masked.length : count, ranked, noise };
  }

  /** Ends a step, whose tokens are drawn: keeps those of the highest scores where they are ranked. */
  private fix(scores: Float64Array): Int32Array {
    const { masked, tokens } = this;
    const { count, ranked } = this.plan();
    this.step++;
    let fixed = masked.subarray(0, count);
    this.masked = masked.subarray(count);
    if (ranked) {
      const ranks = Int32Array.from(masked.keys()).sort((i, j) => scores[j] - scores[i] || i - j);
      fixed = ranks.subarray(0, count).map((i) => masked[i]);
      this.masked = ranks
        .subarray(count)
        .sort()
        .map((i) => masked[i]);
      for (const position of this.masked) tokens[position] = UNKNOWN;
    }
    return fixed.slice().sort();
  }

  private refuse(logits: Float32Array, row: number, unconditionalRow: number, position: number): never {
    const { vocabulary } = this.field;
    const read = (r: number) =>
      logits.subarray((r * this.tokens.length + position) * vocabulary).subarray(0, vocabulary);
    const values = [...read(row), ...(unconditionalRow < 0 ? [] : read(unconditionalRow))];
    this.refuseValue(values.find((x) => Number.isNaN(x) || x === Infinity) ?? -Infinity, position);
  }

  private refuseValue(bad: number, position: number): never {
    throw new InvalidInputError(
      `The predictor's logits hold ${bad === -Infinity ? 'only −Infinity' : bad} for the field "${this.field.name}" at position ${position}; they must be finite, or −Infinity for tokens that are forbidden.`,
    );
  }
}
