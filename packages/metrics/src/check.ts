import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';

/** Throws a `ShapeError` where `data` is not of `shape`, an `InvalidInputError` where a value is not finite. */
export function checkData(name: string, data: ArrayLike<number>, shape: readonly number[]): void {
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new ShapeError(
      `${name}: the shape [${shape.join(', ')}] is not made of whole numbers from 1. Give the sizes of the data.`,
    );
  }
  const expected = shape.reduce((product, size) => product * size, 1);
  if (data.length !== expected) {
    throw new ShapeError(
      `${name} has ${data.length} values, and [${shape.join(', ')}] needs ${expected}. Give the shape of this data.`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new InvalidInputError(
        `${name}[${i}] is ${data[i]}. A metric needs finite numbers: see what produced it.`,
      );
    }
  }
}

/** Throws where `a` and `b` differ in length, are empty, or hold a value that is not finite. */
export function checkPair(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length || a.length === 0) {
    throw new ShapeError(
      `Cannot compare ${a.length} values with ${b.length}: give two equally long arrays, not empty.`,
    );
  }
  checkData('a', a, [a.length]);
  checkData('b', b, [b.length]);
}

/** Throws an `InvalidInputError` where a class is not a whole number on [0, `classes`). */
export function checkClasses(name: string, values: ArrayLike<number>, classes = Number.POSITIVE_INFINITY) {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isInteger(values[i]) || values[i] < 0 || values[i] >= classes) {
      throw new InvalidInputError(
        `${name}[${i}] is ${values[i]}. A class is a whole number from 0${
          Number.isFinite(classes) ? ` to ${classes - 1}` : ''
        }.`,
      );
    }
  }
}

/** Throws a `ConfigurationError` where `value` is not a finite number above 0. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new ConfigurationError(`${name} is ${value}. Give a finite number above 0.`);
  }
}
