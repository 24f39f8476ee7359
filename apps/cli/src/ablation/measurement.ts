import { z } from 'zod';
import { fromBase64, toBase64 } from './float-list.js';

/** What the classifiers made of some samples. */
export interface Measurement {
  /** How many became the digit that was given. */
  correct: number;
  total: number;
  /** The penultimate layer, `[N, D]`; N is less than `total` where some media could not be brought to the model's form. */
  features: Float32Array;
  /** D. */
  dimension: number;
  /** Of computing, a sample. */
  seconds: number;
  /** The engine that it was measured on. */
  engine: string;
}

const file = z.object({
  correct: z.int(),
  total: z.int(),
  dimension: z.int().positive(),
  features: z.string(),
  seconds: z.number(),
  engine: z.string(),
});

/** A measurement as the text of its file; `about` says what was measured. */
export const measurementText = ({ features, ...rest }: Measurement, about: object): string =>
  `${JSON.stringify({ about, ...rest, features: toBase64(features) }, null, 1)}\n`;

/** The same back; null for what is no such file. */
export function parseMeasurement(text: string): Measurement | null {
  try {
    const { features, ...rest } = file.parse(JSON.parse(text));
    return { ...rest, features: fromBase64(features) };
  } catch {
    return null;
  }
}
