import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { zeros } from '../module/initializers.js';
import { Parameter } from '../module/parameter.js';
import { useCpu } from '../testing.test.helper.js';
import { offTape, stopGradient } from './off-tape.js';
import { valueAndGradients } from './value-and-gradients.js';
import '../training/index.js';

describe('offTape', () => {
  beforeAll(useCpu);

  it('computes what breaks the backward pass of TensorFlow.js when it is taped', () => {
    const x = tf.tensor1d([3, -1, 2]);
    const above = (t: tf.Tensor) => tf.cast(tf.greater(t, tf.min(t)), 'float32');
    const taped = () => tf.tidy(() => tf.grad((t) => tf.sum(tf.mul(t, above(t))))(x));
    expect(taped).toThrow(/gradient function not found/);
    const largest = (t: tf.Tensor) => tf.mul(t, offTape(above, t));
    const gradient = tf.tidy(() => tf.grad((t) => tf.sum(largest(t)))(x));
    expect([...gradient.dataSync()]).toEqual([1, 0, 1]);
    tf.dispose([x, gradient]);
  });

  it('stops the gradient and keeps the value', () => {
    const x = tf.tensor1d([3, -1]);
    const gradient = tf.tidy(() => tf.grad((t) => tf.sum(tf.mul(t, stopGradient(t))))(x));
    expect([...gradient.dataSync()]).toEqual([3, -1]); // and not twice that
    tf.dispose([x, gradient]);
  });

  it('leaves its result to the enclosing tidy, or to the caller where there is none', () => {
    const before = tf.memory().numTensors;
    const x = tf.scalar(2);
    tf.tidy(() => void stopGradient(x));
    expect(tf.memory().numTensors).toBe(before + 1);
    const own = stopGradient(x);
    tf.dispose([x, own]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('valueAndGradients', () => {
  beforeAll(useCpu);

  it('gives zeros for what the loss does not reach', () => {
    const parameters = new Map([
      ['used', new Parameter([2], () => Float32Array.of(3, 4))],
      ['unused', new Parameter([3], zeros)],
    ]);
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.square(parameters.get('used')!.value)) as tf.Scalar,
      parameters,
    );
    expect(value.dataSync()[0]).toBe(25);
    expect([...gradients.get('used')!.dataSync()]).toEqual([6, 8]);
    expect([...gradients.get('unused')!.dataSync()]).toEqual([0, 0, 0]);
    tf.dispose([value, ...gradients.values()]);
    expect(tf.memory().numTensors).toBe(before + 2); // the parameters
    for (const parameter of parameters.values()) parameter.dispose();
  });
});
