import * as tf from '@tensorflow/tfjs-core';
import {
  adamWUpdate,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  nearestCode,
  Random,
  selfAttention,
} from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { expect, it } from 'vitest';

interface Case {
  name: string;
  run: (...inputs: never[]) => tf.Tensor;
  shapes: number[][];
}

const norm = (groups: number, swish: boolean) => ({ groups, epsilon: 1e-6, swish });
const cases: Case[] = [
  ...[
    [1, 3],
    [7, 13],
    [53, 521],
  ].map(([M, D]) => ({
    name: `layer norm ${M}×${D}`,
    run: (x: tf.Tensor2D, w: tf.Tensor, b: tf.Tensor) => layerNorm(x, w, b, 1e-6),
    shapes: [[M, D], [D], [D]],
  })),
  ...[true, false].map((swish) => ({
    name: `group norm${swish ? ' and swish' : ''}`,
    run: (x: tf.Tensor4D, w: tf.Tensor, b: tf.Tensor) => groupNorm(x, w, b, norm(3, swish)),
    shapes: [[3, 5, 7, 21], [21], [21]],
  })),
  ...[
    [1, 1, 1, 1],
    [2, 7, 3, 5],
    [3, 53, 2, 16],
    [1, 121, 3, 40],
    [2, 33, 1, 130],
  ].map(([B, N, heads, d]) => ({
    name: `self-attention of ${N}, ${heads} heads of ${d}`,
    run: (qkv: tf.Tensor) => selfAttention(qkv, heads),
    shapes: [[B, N, 3 * heads * d]],
  })),
  ...(['none', 'gelu'] as const).map((activation) => ({
    name: `linear, ${activation}`,
    run: (x: tf.Tensor2D, w: tf.Tensor, b: tf.Tensor) => linear(x, w, b, activation),
    shapes: [[53, 13], [13, 37], [37]],
  })),
  {
    name: 'linear without bias',
    run: (x: tf.Tensor2D, w: tf.Tensor) => linear(x, w, undefined, 'gelu'),
    shapes: [
      [1, 13],
      [13, 3],
    ],
  },
  { name: 'GELU', run: (x: tf.Tensor) => gelu(x), shapes: [[3, 5, 71]] },
];

/** max |difference|, infinite where a value is none. */
const distance = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => {
    const difference = Math.abs(x - b[i]);
    return difference <= most ? most : Number.isNaN(difference) ? Infinity : difference;
  }, 0);

/**
 * Compares an engine's kernels for the models' operations with what the operations are composed of on it, outputs within
 * 2e-5 of the largest and gradients within 1e-4. `without` runs with the kernels away.
 */
export function describeFusedKernels(without: <T>(run: () => T) => T): void {
  it.each(cases)('$name is what it is composed of, and its gradients', async ({ name, run, shapes }) => {
    const random = new Random(1).fork(name);
    const values = shapes.map((shape) => random.normals(shape.reduce((a, b) => a * b, 1)));
    const measure = () =>
      tf.tidy(() => {
        const tensors = values.map((data, i) => tf.tensor(data, shapes[i]));
        const plain = run(...(tensors as never[])); // where no gradient is taped
        const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => {
          const y = run(...(all as never[]));
          return tf.sum(tf.mul(y, tf.tensor(new Random(2).normals(y.size), y.shape)));
        })(tensors);
        return [plain, value, ...grads].map((tensor) => Float32Array.from(tensor.dataSync()));
      });
    const before = tf.memory().numTensors;
    const ours = measure();
    const composed = without(measure);
    expect(tf.memory().numTensors).toBe(before);
    ours.forEach((found, i) => {
      expect(found.length).toBe(composed[i].length);
      const largest = composed[i].reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
      // The second is a sum of thousands; gradients are within 1e-4 as everywhere.
      expect(distance(found, composed[i])).toBeLessThanOrEqual((i === 0 ? 2e-5 : 1e-4) * largest);
    });
  });

  it('normalizes no rows, which have no gradient', () => {
    const [dWeight, dBias] = tf.tidy(() => {
      const score = (w: tf.Tensor, b: tf.Tensor) =>
        tf.sum(layerNorm(tf.zeros([0, 5]), w, b, 1e-6)) as tf.Scalar;
      return tf
        .grads(score)([tf.ones([5]), tf.ones([5])])
        .map((tensor) => [...tensor.dataSync()]);
    });
    expect([dWeight, dBias]).toEqual([Array(5).fill(0), Array(5).fill(0)]);
  });

  it('takes a step of AdamW, and again with other settings', () => {
    const random = new Random(4);
    const values = [1, 2, 3, 4].map((i) => random.normals(70_001, 0, i).map((x) => (i === 3 ? x * x : x)));
    for (const stepSize of [1e-3, 2e-3]) {
      const attributes = { beta1: 0.9, beta2: 0.95, stepSize, epsilon: 1e-8, keep: 0.99 };
      const step = () =>
        tf.tidy(() => {
          const [weight, first, second, gradient] = values.map((data) => tf.tensor(data));
          const updated = adamWUpdate(weight, first, second, gradient, attributes);
          return updated.map((tensor) => Float32Array.from(tensor.dataSync()));
        });
      const ours = step();
      without(step).forEach((wanted, i) => {
        expect(distance(ours[i], wanted)).toBeLessThanOrEqual(2e-5);
      });
    }
  });

  it.each([
    [1, 1, 1],
    [7, 13, 5],
    [53, 521, 16],
    [2, 1024, 3],
  ])('finds the nearest of codes: %s of %s of %s, the first of equals', (N, K, D) => {
    const random = new Random(5);
    const [vectors, codes] = [random.normals(N * D), random.normals(K * D)];
    if (K > 4) codes.copyWithin(4 * D, 0, 2 * D); // equals
    const find = () =>
      tf.tidy(() => {
        const found = nearestCode(tf.tensor2d(vectors, [N, D]), tf.tensor2d(codes, [K, D]));
        expect(found.dtype).toBe('int32');
        return [...found.dataSync()];
      });
    const wanted = Array.from({ length: N }, (_, n) => {
      const squares = Array.from({ length: K }, (_, k) =>
        codes.subarray(k * D, (k + 1) * D).reduce((sum, c, i) => sum + (vectors[n * D + i] - c) ** 2, 0),
      );
      return squares.indexOf(Math.min(...squares));
    });
    expect(find()).toEqual(wanted);
  });
}
