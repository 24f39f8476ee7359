import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Linear } from '../layers/linear.js';
import { Random } from '../random.js';
import { useCpu } from '../testing.test.helper.js';
import { AdamW, descend, runTraining, type TrainingState, type TrainingStep } from './index.js';
import type { StepOutcome } from './training-step.js';

/** A line that is to be told from a curve, by a critic that begins at step 4. */
function adversaries() {
  const generator = new Linear(1, 1, { random: new Random(1) });
  const critic = new Linear(2, 1, { random: new Random(2) });
  const optimizers = {
    generator: new AdamW(generator.trainableParameters()),
    critic: new AdamW(critic.trainableParameters()),
  };
  const learningRate = 0.05;
  const score = (x: tf.Tensor, y: tf.Tensor) => tf.mean(critic.forward(tf.concat([x, y], 1)));
  const run = async (step: number, random: Random): Promise<StepOutcome> => {
    const x = tf.tensor2d(random.uniforms(8, -1, 1), [8, 1]);
    const metrics: Record<string, number> = {};
    if (step >= 4) {
      const { loss } = await descend({
        parameters: critic.trainableParameters(),
        loss: () => ({
          loss: tf.sub(score(x, generator.forward(x)), tf.tanh(score(x, tf.square(x)))) as tf.Scalar,
        }),
        optimizer: optimizers.critic,
        learningRate,
        clipNorm: 1,
      });
      metrics['critic'] = loss;
    }
    const { loss, gradientNorm } = await descend({
      parameters: generator.trainableParameters(),
      loss: () => ({ loss: tf.neg(score(x, generator.forward(x))) as tf.Scalar }),
      optimizer: optimizers.generator,
      learningRate,
    });
    x.dispose();
    return { loss, metrics, learningRate, gradientNorm };
  };
  const step: TrainingStep = {
    modules: { generator, critic },
    optimizers: { 'generator.optimizer': optimizers.generator, 'critic.optimizer': optimizers.critic },
    run,
  };
  const dispose = () =>
    [generator, critic, ...Object.values(optimizers)].forEach((part) => void part.dispose());
  return { step, dispose };
}

describe('runTraining', () => {
  beforeAll(useCpu);

  it('trains two modules in turn, and goes on bit for bit where both were saved', async () => {
    const before = tf.memory().numTensors;
    let saved: TrainingState | undefined;
    const store = {
      save: async (state: TrainingState) => {
        saved = state;
      },
      load: async () => saved,
    };
    const trained = async (until: number, checkpoints?: { store: typeof store; every: number }) => {
      const { step, dispose } = adversaries();
      const seen: unknown[] = [];
      await runTraining(step, {
        steps: 12,
        until,
        ...(checkpoints ? { checkpoints } : {}),
        onProgress: ({ step, loss, metrics }) => seen.push([step, loss, metrics]),
      });
      const weights = { ...(await step.modules['generator'].stateDict()) };
      dispose();
      return { seen, weights };
    };
    const whole = await trained(12);
    const first = await trained(6, { store, every: 3 });
    // The critic began at step 4; its own steps count for Adam's corrections.
    expect(saved?.metadata).toMatchObject({
      step: '6',
      'critic.optimizer.steps': '3',
      'generator.optimizer.steps': '6',
    });
    const second = await trained(12, { store, every: 100 });
    expect([...first.seen, ...second.seen]).toEqual(whole.seen);
    expect(second.weights).toEqual(whole.weights);
    expect(whole.seen[2]).toEqual([3, expect.any(Number), {}]);
    expect(whole.seen[3]).toEqual([4, expect.any(Number), { critic: expect.any(Number) }]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('changes only the weights that a descent names', async () => {
    const { step, dispose } = adversaries();
    const before = await step.modules['critic'].stateDict();
    await runTraining(step, { steps: 3 });
    expect(await step.modules['critic'].stateDict()).toEqual(before);
    await runTraining(step, { steps: 4 });
    expect(await step.modules['critic'].stateDict()).not.toEqual(before);
    dispose();
  });

  it('refuses two parts of one name', async () => {
    const { step, dispose } = adversaries();
    const twice = { ...step, optimizers: { critic: step.optimizers['critic.optimizer'] } };
    await expect(runTraining(twice, { steps: 1 })).rejects.toThrow(/named "critic"/);
    dispose();
  });
});
