import type { EvaluationTask } from '../evaluation/evaluate-model.js';

/** The directions in which an ablation measures. */
export const DIRECTIONS = ['image-to-audio', 'audio-to-image'] as const satisfies readonly EvaluationTask[];

export type Direction = (typeof DIRECTIONS)[number];

/** The orders of filling in. */
export const ORDERS = ['halton', 'confidence'] as const;

/**
 * Where the settings that are not named come from: the model folder (`model`), or the paper's way of one stage from
 * one medium to the other with neither class nor voice (`one-stage`).
 */
export const SAMPLINGS = ['model', 'one-stage'] as const;

/** What of sampling a point names; the rest is the model's own. */
export interface PointSettings {
  /** Which of several models, by its value on the axis: `0.55`. */
  model?: string;
  guidance?: number;
  /** Of the tokens. */
  temperature?: number;
  /** Of the noise in the confidence order, the T of MaskGIT and MAGE. */
  choiceTemperature?: number;
  steps?: number;
  order?: (typeof ORDERS)[number];
}

export type Setting = keyof PointSettings;

/** One measurement: one file. */
export interface Point {
  direction: Direction;
  sampling: (typeof SAMPLINGS)[number];
  settings: PointSettings;
  /** From 1. */
  seed: number;
  /** How many samples are made with this seed. */
  samples: number;
  /** Whether it is measured on data kept back from training, or on the test parts. */
  part: 'validation' | 'test';
}

/** The name of a point's file without its ending; `hash` is that of the model and of the classifiers that judge it. */
export function pointName(
  { direction, sampling, settings, seed, samples, part }: Point,
  hash: string,
): string {
  const named = SETTINGS.flatMap((name) =>
    settings[name] === undefined ? [] : [`${name}-${String(settings[name]).replace(/[^\w.-]/g, '_')}`],
  );
  return [direction, sampling, ...named, part, `${samples}-samples`, `seed-${seed}`, hash].join('_');
}

/** In the order of the names. */
const SETTINGS: readonly Setting[] = [
  'model',
  'guidance',
  'temperature',
  'choiceTemperature',
  'steps',
  'order',
];
