import type { Classifier } from '../evaluation/classifier.js';
import { judge } from '../evaluation/judge.js';
import type { Grouped } from './hold-apart.js';

/** How right a classifier is about media whose classes are known. */
export interface Measured {
  correct: number;
  total: number;
  /** The mean cross-entropy. */
  loss: number;
}

/** Measures a classifier. @throws CancelledError. */
export async function measureClassifier<Item extends Grouped>(
  classifier: Classifier,
  items: readonly Item[],
  { input, signal }: { input: (item: Item) => Promise<Float32Array>; signal?: AbortSignal | undefined },
): Promise<Measured> {
  const inputs: Float32Array[] = [];
  for (const item of items) inputs.push(await input(item));
  const { classes, posteriors } = await judge(classifier, inputs, { signal });
  let correct = 0;
  let loss = 0;
  items.forEach((item, i) => {
    if (classes[i] === item.class) correct++;
    const likelihood = posteriors[i * classifier.shape.classes + item.class];
    loss -= Math.log(Math.max(1e-12, likelihood)) / items.length;
  });
  return { correct, total: items.length, loss };
}
