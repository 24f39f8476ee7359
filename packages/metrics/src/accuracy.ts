import { ConfigurationError, ShapeError } from '@visual-echoes/core';
import { checkClasses, checkData } from './check.js';

/**
 * The fraction of `predicted` classes [N] that are the `labels` [N]. Throws a `ShapeError` where the lengths
 * differ or are 0, an `InvalidInputError` where a class is not a whole number from 0.
 */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  if (predicted.length !== labels.length || labels.length === 0) {
    throw new ShapeError(
      `Cannot compare ${predicted.length} predicted classes with ${labels.length} labels: give one each, at least one.`,
    );
  }
  checkClasses('predicted', predicted);
  checkClasses('labels', labels);
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) correct++;
  return correct / labels.length;
}

/**
 * The fraction of samples whose label is among the `k` classes of largest logit, for `logits` (or
 * probabilities) [N, C] and `labels` [N]. Of equal logits the lower class comes first. Throws a `ShapeError`,
 * an `InvalidInputError` for a value that is not finite or a label from outside, a `ConfigurationError` for
 * a `k` that is not on [1, C].
 */
export function topKAccuracy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  [samples, classes]: readonly [samples: number, classes: number],
  { k = 1 }: { k?: number } = {},
): number {
  checkData('logits', logits, [samples, classes]);
  checkData('labels', labels, [samples]);
  checkClasses('labels', labels, classes);
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new ConfigurationError(
      `k is ${k}. Give a whole number from 1 to ${classes}, the number of classes.`,
    );
  }
  let correct = 0;
  for (let row = 0; row < samples; row++) {
    const label = labels[row];
    const own = logits[row * classes + label];
    let before = 0;
    for (let c = 0; c < classes; c++) {
      const other = logits[row * classes + c];
      if (other > own || (other === own && c < label)) before++;
    }
    if (before < k) correct++;
  }
  return correct / samples;
}
