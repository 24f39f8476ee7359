import { ConfigurationError, InvalidInputError, ShapeError } from './errors.js';

/** One grid of tokens that a model reads or fills, in row-major order; a label is a grid of `[1, 1]`. */
export interface TokenField {
  readonly name: string;
  readonly grid: readonly [rows: number, columns: number];
  /** How many different tokens there are: a token is a whole number from 0 to `vocabulary` − 1. */
  readonly vocabulary: number;
}

/** The tokens of one sample by field name, each `[rows · columns]`, with `UNKNOWN` (−1) where there is none yet. */
export type Canvas = Record<string, Int32Array>;

/** The token that says "not known yet". */
export const UNKNOWN = -1;

/** How many positions a field has. */
export const positionsOf = ({ grid: [rows, columns] }: TokenField): number => rows * columns;

/** A canvas on which nothing is known; spread it and replace what is: `{ ...emptyCanvas(fields), image }`. */
export function emptyCanvas(fields: readonly TokenField[]): Canvas {
  return Object.fromEntries(
    fields.map((field) => [field.name, new Int32Array(positionsOf(field)).fill(UNKNOWN)]),
  );
}

/** Throws a `ConfigurationError` unless there are fields, their names differ, and their sizes are whole and positive. */
export function validateFields(fields: readonly TokenField[]): void {
  if (!Array.isArray(fields) || fields.length === 0) {
    throw new ConfigurationError(
      'No token fields; give at least one { name, grid: [rows, columns], vocabulary }.',
    );
  }
  const names = new Set<string>();
  for (const { name, grid, vocabulary } of fields as TokenField[]) {
    if (typeof name !== 'string' || name === '' || name === '__proto__') {
      throw new ConfigurationError(`A token field needs a name; ${JSON.stringify(name)} is none.`);
    }
    if (names.has(name)) {
      throw new ConfigurationError(`Two token fields are named "${name}"; give each its own name.`);
    }
    names.add(name);
    const sizes = Array.isArray(grid) && grid.length === 2 ? [...grid, vocabulary] : [Number.NaN];
    if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new ConfigurationError(
        `The field "${name}" has grid ${JSON.stringify(grid)} and vocabulary ${vocabulary}; both need whole numbers of at least 1.`,
      );
    }
  }
}

/**
 * Throws unless `canvas` has exactly these fields, each an Int32Array of its grid's length (`ShapeError`) with
 * tokens from −1 to `vocabulary` − 1 (`InvalidInputError`).
 */
export function validateCanvas(fields: readonly TokenField[], canvas: Canvas): void {
  const expected = fields.map(({ name }) => name);
  if (typeof canvas !== 'object' || canvas === null) {
    throw new InvalidInputError(
      `A canvas is an object with an Int32Array for each of ${expected.join(', ')}.`,
    );
  }
  const unexpected = Object.keys(canvas).filter((name) => !expected.includes(name));
  if (unexpected.length > 0) {
    throw new InvalidInputError(
      `The canvas has no field "${unexpected[0]}" to fill; the fields are ${expected.join(', ')}.`,
    );
  }
  for (const field of fields) {
    const tokens = Object.hasOwn(canvas, field.name) ? canvas[field.name] : undefined;
    if (!(tokens instanceof Int32Array)) {
      throw new InvalidInputError(
        `The canvas needs an Int32Array for the field "${field.name}"; fill it with −1 where nothing is known.`,
      );
    }
    const length = positionsOf(field);
    if (tokens.length !== length) {
      throw new ShapeError(
        `The field "${field.name}" has ${field.grid.join('×')} = ${length} positions, but the canvas has ${tokens.length} tokens.`,
      );
    }
    for (let i = 0; i < length; i++) {
      if (tokens[i] < UNKNOWN || tokens[i] >= field.vocabulary) {
        throw new InvalidInputError(
          `Token ${tokens[i]} at position ${i} of the field "${field.name}" is not between −1 (unknown) and ${field.vocabulary - 1}.`,
        );
      }
    }
  }
}
