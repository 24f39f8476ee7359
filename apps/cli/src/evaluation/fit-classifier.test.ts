import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import type { CheckpointStore, TrainingState } from '@visual-echoes/core/training';
import { selectBackend } from 'visual-echoes/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Classifier, type ClassifierShape } from './classifier.js';
import { fitClassifier } from './fit-classifier.js';
import { judge } from './judge.js';

const shape: ClassifierShape = {
  ...{ height: 4, width: 6, channels: 2, classes: 2 },
  convolutions: [[8, 2]],
  ...{ pooling: 'width', dropout: 0.2, features: 4 },
};

/** A class is which of two channels is bright. */
const input = (own: number) => Float32Array.from({ length: 48 }, (_, i) => (i % 2 === own ? 0.8 : -0.8));

class Memory implements CheckpointStore {
  state?: TrainingState;
  async save(state: TrainingState): Promise<void> {
    this.state = state;
  }
  async load(): Promise<TrainingState | undefined> {
    return this.state;
  }
}

beforeAll(async () => void (await selectBackend({ prefer: 'cpu' })));

describe('fitClassifier', () => {
  const common = {
    ...{ shape, batchSize: 8, steps: 60 },
    draw: (random: Random) => {
      const own = random.integer(2);
      return { input: input(own), class: own };
    },
  };

  it('learns inputs of any form, and leaves nothing but the classifier behind', async () => {
    const held = tf.memory().numTensors;
    const validate = { every: 30, run: async () => ({}) };
    const classifier = await fitClassifier({ ...common, store: new Memory(), validate });
    expect([...(await judge(classifier, [input(0), input(1)])).classes]).toEqual([0, 1]);
    classifier.dispose();
    expect(tf.memory().numTensors).toBe(held);
  });

  it('keeps the weights of the least figure, and ends where it does not fall', async () => {
    const held = tf.memory().numTensors;
    const losses = [3, 2, 4, 4, 4, 1];
    const steps: number[] = [];
    const store = new Memory();
    const classifier = await fitClassifier({
      ...{ ...common, store, keep: { least: 'loss', patience: 3 } },
      validate: { every: 2, run: async () => ({ loss: losses[steps.length] }) },
      onValidation: (step) => steps.push(step),
    });
    expect(steps).toEqual([2, 4, 6, 8, 10]);
    const last = store.state!.tensors['module.out.weight'].data;
    const kept = (await classifier.stateDict())['out.weight'].data;
    expect(kept).toEqual(store.state!.tensors['best.weights.out.weight'].data);
    expect(kept).not.toEqual(last);
    classifier.dispose();
    expect(tf.memory().numTensors).toBe(held);
  });

  it('leaves features out by the random numbers of a step, and none afterwards', () => {
    const classifier = new Classifier(shape, new Random(1));
    tf.tidy(() => {
      const x = tf.ones([1, 4, 6, 2]) as tf.Tensor4D;
      const logits = (random?: Random) => [...classifier.forward(x, random).logits.dataSync()];
      expect(logits()).toEqual(logits());
      expect(logits(new Random(1))).toEqual(logits(new Random(1)));
      expect(logits(new Random(1))).not.toEqual(logits(new Random(2)));
    });
    classifier.dispose();
  });
});
