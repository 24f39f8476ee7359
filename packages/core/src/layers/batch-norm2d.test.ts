import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { ShapeError } from '../errors.js';
import {
  expectClose,
  type FixtureTensor,
  picture,
  readFixture,
  stateTensor,
  useCpu,
} from '../testing.test.helper.js';
import { BatchNorm2d } from './batch-norm2d.js';

interface RunningAverages {
  before: Record<string, FixtureTensor>;
  batches: FixtureTensor[];
  after: Record<string, FixtureTensor>;
}

beforeAll(useCpu);

const { running_averages: fixture } = readFixture<{ running_averages: RunningAverages }>('adversarial.json');
const load = (norm: BatchNorm2d, state: Record<string, FixtureTensor>) =>
  norm.loadStateDict(Object.fromEntries(Object.entries(state).map(([name, t]) => [name, stateTensor(t)])));

// What it computes of a batch and its gradients are among the layers' fixtures.
it("takes batches into its running averages as PyTorch's, and leaves nothing behind", async () => {
  const norm = new BatchNorm2d(4);
  load(norm, fixture.before);
  const held = tf.memory().numTensors;
  for (const batch of fixture.batches) {
    const x = picture(batch);
    // Evaluation takes nothing in.
    tf.tidy(() => [norm.forward(x, { training: true }), norm.forward(x)].forEach((y) => y.dispose()));
    x.dispose();
  }
  const after = await norm.stateDict();
  expect(Object.keys(after)).toEqual(Object.keys(fixture.after));
  for (const [name, { shape, data }] of Object.entries(fixture.after)) {
    expect(after[name].shape).toEqual(shape);
    expectClose(after[name].data, data, 1e-6);
  }
  expect([...norm.trainableParameters().keys()]).toEqual(['weight', 'bias']);
  expect(tf.memory().numTensors).toBe(held);
  norm.dispose();
});

it('loads files of before the count of batches, and refuses others that lack something', async () => {
  const norm = new BatchNorm2d(4);
  load(norm, fixture.after);
  const { num_batches_tracked: _, ...old } = fixture.after;
  load(norm, old);
  expect(await norm.numBatchesTracked.data()).toEqual(Float32Array.of(0));
  const { running_mean: __, ...wrong } = old;
  expect(() => load(norm, wrong)).toThrow(/missing: running_mean/);
  norm.dispose();
});

it('cannot be trained on one value a channel', () => {
  const norm = new BatchNorm2d(2);
  expect(() => tf.tidy(() => norm.forward(tf.zeros([1, 1, 1, 2]), { training: true }))).toThrow(ShapeError);
  norm.dispose();
});
