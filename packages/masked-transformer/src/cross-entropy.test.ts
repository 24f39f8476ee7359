import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { beforeAll, expect, it } from 'vitest';
import { tiedCrossEntropy } from './cross-entropy.js';

beforeAll(() => tf.setBackend('cpu'));

const random = new Random(1);
const [rows, width, vocabulary, smoothing] = [3, 4, 5, 0.1];
const hidden = random.normals(rows * width);
const table = random.normals(vocabulary * width);
const bias = random.normals(vocabulary);
const targets = Int32Array.from([4, 0, 2]);

/** By the definition, in float64. */
function reference(h: Float32Array, b: Float32Array): number {
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: vocabulary }, (_, v) => {
      let sum = b[v];
      for (let i = 0; i < width; i++) sum += h[row * width + i] * table[v * width + i];
      return sum;
    });
    const normalizer = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    logits.forEach((logit, v) => {
      const share = smoothing / vocabulary + (v === targets[row] ? 1 - smoothing : 0);
      loss -= (share * (logit - normalizer)) / rows;
    });
  }
  return loss;
}

const loss = (h: tf.Tensor, b: tf.Tensor) =>
  tiedCrossEntropy(h, tf.tensor2d(table, [vocabulary, width]), b, targets, { smoothing });

it('is the smoothed cross-entropy', () => {
  const value = tf.tidy(() => loss(tf.tensor2d(hidden, [rows, width]), tf.tensor1d(bias)).dataSync()[0]);
  expect(value).toBeCloseTo(reference(hidden, bias), 5);
});

it('does not overflow', () => {
  const value = tf.tidy(() => {
    const far = tf.mul(tf.tensor2d(hidden, [rows, width]), 1e3);
    return loss(far, tf.tensor1d(bias)).dataSync()[0];
  });
  expect(Number.isFinite(value)).toBe(true);
});

it('has the gradients of finite differences', () => {
  const [dHidden, dBias] = tf.tidy(() =>
    tf
      .grads(loss)([tf.tensor2d(hidden, [rows, width]), tf.tensor1d(bias)])
      .map((gradient) => gradient.dataSync()),
  );
  const step = 1e-2;
  const numeric = (values: Float32Array, evaluate: (moved: Float32Array) => number) =>
    Array.from(values, (value, i) => {
      const at = (x: number) => evaluate(Object.assign(values.slice(), { [i]: x }));
      return (at(value + step) - at(value - step)) / (2 * step);
    });
  // A central difference of step h is off by h²·f‴/6.
  numeric(hidden, (h) => reference(h, bias)).forEach((slope, i) => {
    expect(dHidden[i]).toBeCloseTo(slope, 3);
  });
  numeric(bias, (b) => reference(hidden, b)).forEach((slope, i) => {
    expect(dBias[i]).toBeCloseTo(slope, 3);
  });
});

it('learns a distribution where one is given for each code', () => {
  const spread = new Float32Array(vocabulary * vocabulary).fill(smoothing / vocabulary);
  for (let v = 0; v < vocabulary; v++) spread[v * vocabulary + v] += 1 - smoothing;
  const value = tf.tidy(() => {
    const distributions = tf.tensor2d(spread, [vocabulary, vocabulary]);
    return tiedCrossEntropy(
      tf.tensor2d(hidden, [rows, width]),
      tf.tensor2d(table, [vocabulary, width]),
      tf.tensor1d(bias),
      targets,
      { smoothing: 0, distributions },
    ).dataSync()[0];
  });
  expect(value).toBeCloseTo(reference(hidden, bias), 5);
});
