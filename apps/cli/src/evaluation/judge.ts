import * as tf from '@tensorflow/tfjs-core';
import { throwIfCancelled } from '@visual-echoes/core';
import type { Classifier, ClassifierShape } from './classifier.js';

/** What a classifier made of N inputs. */
export interface Judgement {
  /** The most likely class of each. */
  classes: Uint16Array;
  /** Class probabilities, `[N, classes]`. */
  posteriors: Float32Array;
  /** The penultimate layer, `[N, features]`. */
  features: Float32Array;
}

const BATCH = 100;

/** Runs a classifier over inputs of −1..1, each `[height · width · channels]`. @throws CancelledError. */
export async function judge(
  classifier: Classifier,
  inputs: readonly Float32Array[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Judgement> {
  const posteriors: Float32Array[] = [];
  const features: Float32Array[] = [];
  for (let start = 0; start < inputs.length; start += BATCH) {
    throwIfCancelled(signal);
    const outputs = tf.tidy(() => {
      const result = classifier.forward(toBatch(inputs.slice(start, start + BATCH), classifier.shape));
      return [tf.softmax(result.logits), result.features];
    });
    posteriors.push((await outputs[0].data()) as Float32Array);
    features.push((await outputs[1].data()) as Float32Array);
    tf.dispose(outputs);
  }
  const all = concatenate(posteriors);
  const classes = all.length / Math.max(1, inputs.length);
  return {
    classes: Uint16Array.from(inputs, (_, i) => indexOfLargest(all.subarray(i * classes, (i + 1) * classes))),
    posteriors: all,
    features: concatenate(features),
  };
}

/** Inputs `[height · width · channels]` as one tensor `[B, height, width, channels]`. */
export function toBatch(
  inputs: readonly Float32Array[],
  { height, width, channels }: Pick<ClassifierShape, 'height' | 'width' | 'channels'>,
): tf.Tensor4D {
  return tf.tensor4d(concatenate(inputs), [inputs.length, height, width, channels]);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
