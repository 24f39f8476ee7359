import { ConfigurationError, ShapeError } from '@visual-echoes/core';
import { checkClasses } from './check.js';

/**
 * How often label i was predicted as class j: counts [C, C], a row a label, a column a prediction. Throws a
 * `ShapeError` where the lengths differ, an `InvalidInputError` for a class from outside 0 … `classes` − 1.
 */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes }: { classes: number },
): Int32Array {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ConfigurationError(`classes is ${classes}. Give the number of classes, a whole number from 1.`);
  }
  if (predicted.length !== labels.length) {
    throw new ShapeError(`${predicted.length} predicted classes do not match ${labels.length} labels.`);
  }
  checkClasses('predicted', predicted, classes);
  checkClasses('labels', labels, classes);
  const counts = new Int32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i] * classes + predicted[i]]++;
  return counts;
}
