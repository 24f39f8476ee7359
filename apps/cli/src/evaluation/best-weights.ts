import { Module, Parameter } from '@visual-echoes/core';
import type { Classifier } from './classifier.js';

/** The weights of a training that had the least of some figure so far; a checkpoint keeps them too. */
export class BestWeights extends Module {
  readonly weights: Classifier;
  /** Step and figure. */
  private readonly reached = new Parameter([2], () => Float32Array.of(0, Number.POSITIVE_INFINITY), {
    trainable: false,
  });

  /** @param weights is overwritten. */
  constructor(weights: Classifier) {
    super();
    this.weights = weights;
  }

  /** The step whose weights these are; 0 before any. */
  get step(): number {
    return this.reached.value.dataSync()[0];
  }

  /** Takes the weights over where their figure is lower. */
  async offer(classifier: Classifier, step: number, figure: number): Promise<void> {
    if (figure >= this.reached.value.dataSync()[1]) return;
    this.reached.set(Float32Array.of(step, figure));
    this.weights.loadStateDict(await classifier.stateDict());
  }

  /** Gives the weights away, and frees the rest. */
  take(): Classifier {
    this.reached.dispose();
    return this.weights;
  }
}
