import { type Canvas, ConfigurationError, Random } from '@visual-echoes/core';
import type { Guidance } from './guidance.js';
import type { Order } from './order.js';
import type { PerField } from './per-field.js';
import type { Plan } from './plan.js';
import type { Rejection } from './rejection.js';
import type { Schedule } from './schedule.js';

/** Fields that are filled together. */
export interface Stage {
  fill: readonly string[];
  /**
   * The other fields that the predictor sees meanwhile; all where left out. The canvases it is asked about have no
   * others, so that a predictor which can do without fields has less to compute.
   */
  given?: readonly string[];
}

/** What sampling has come to after a step. */
export interface SampleStep {
  /** From 1. */
  step: number;
  /** How many there will be; more later, where samples are rejected and drawn again. */
  steps: number;
  /** The samples so far, −1 where a token is still unknown; copies. */
  canvases: Canvas[];
  /** For each sample, the positions that this step fixed, by field, ascending. */
  fixed: Record<string, Int32Array>[];
}

export interface SampleOptions {
  /** What is known, one canvas a sample, −1 where a token is to be found. They are not changed. */
  canvases?: readonly Canvas[];
  /**
   * Other views of what is known, a list for each of `canvases`: a picture that is moved a little, further frames of a
   * video. A view holds whole fields, which its canvas knows wholly. The predictor is asked about each view too, and its
   * logits are averaged: a token is as likely as the geometric mean of the views says.
   */
  views?: readonly (readonly Partial<Canvas>[])[];
  /** Instead of `canvases`: how many samples to make from nothing. 1. */
  count?: number;
  /** 16; a field with fewer unknown positions takes as many steps as it has. */
  steps?: PerField<number>;
  /** `confidence({ temperature: 4.5 })` or `halton()`. */
  order?: Order;
  /** The order's own: `cosine` for `confidence`, `arccos` for `halton`. */
  schedule?: Schedule;
  /**
   * All steps written out, instead of `steps`, `schedule` and `stages`: how many tokens of which field each fixes, and
   * by what guidance. For every sample, the numbers of a field must be as many as it has unknown.
   */
  plan?: Plan;
  /** None. */
  guidance?: Guidance;
  /** 1; 0 takes the most likely token. */
  temperature?: PerField<number>;
  /** All tokens; a number keeps only that many of the most likely. */
  topK?: PerField<number>;
  /** 1; less keeps only the most likely tokens that together have this probability. */
  topP?: PerField<number>;
  /** 0. One number for all samples, or one each; sample i of seed s is also sample 0 of `sampleSeed(s, i)`. */
  seed?: number | readonly number[];
  /** Which fields are filled, group after group; a field in no group stays as it is. All at once. */
  stages?: readonly (readonly string[] | Stage)[];
  /** Scores finished samples and draws again what scores too low. None. */
  rejection?: Rejection;
  /** Ends the sampling between two steps with a `CancelledError`. */
  signal?: AbortSignal;
  /** Called after every step. */
  onStep?: (step: SampleStep) => void;
}

/** A seed of its own for sample `index` of a batch: alone, it gives what it gives in the batch. */
export function sampleSeed(seed: number, index: number): number {
  return index === 0 ? seed : new Random(seed).fork('sample', index).bits();
}

/** A stage in its long form. */
export const asStage = (stage: readonly string[] | Stage): Stage => (isList(stage) ? { fill: stage } : stage);

const isList = (stage: readonly string[] | Stage): stage is readonly string[] => Array.isArray(stage);

/** The seed of each sample. */
export function sampleSeeds(seed: number | readonly number[], samples: number): number[] {
  if (typeof seed === 'number') return Array.from({ length: samples }, (_, i) => sampleSeed(seed, i));
  if (seed.length !== samples) {
    throw new ConfigurationError(
      `There are ${seed.length} seeds for ${samples} samples; give one number, or one each.`,
    );
  }
  return [...seed];
}
