import * as tf from '@tensorflow/tfjs-core';
import {
  adamWUpdate,
  BackendError,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  Random,
  selfAttention,
} from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../node/index.js';
import {
  registerTensorFlowKernels,
  tensorFlowKernelNames,
  unregisterTensorFlowKernels,
} from './register-tensorflow-kernels.js';

const reason = await selectBackend({ prefer: 'tensorflow', selfCheck: false }).then(
  () => (registerTensorFlowKernels() ? undefined : 'its library was built without our kernels'),
  (error) => {
    if (error instanceof BackendError) return error.message;
    throw error;
  },
);
if (reason) console.info(`The kernels for tensorflow are not tested: ${reason}`);

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
    [0, 5],
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

describe.skipIf(reason)('our kernels for tensorflow', () => {
  beforeAll(() => void tf.setBackend('tensorflow'));
  afterAll(() => unregisterTensorFlowKernels());

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
        return [plain, value, ...grads].map((tensor) => tensor.dataSync() as Float32Array);
      });
    const before = tf.memory().numTensors;
    registerTensorFlowKernels();
    const ours = measure();
    unregisterTensorFlowKernels();
    const composed = measure();
    expect(tf.memory().numTensors).toBe(before);
    ours.forEach((found, i) => {
      expect(found.length).toBe(composed[i].length);
      const largest = composed[i].reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
      // The second is a sum of thousands; gradients are within 1e-4 as everywhere.
      expect(distance(found, composed[i])).toBeLessThanOrEqual((i === 0 ? 2e-5 : 1e-4) * largest);
    });
  });

  it('takes a step of AdamW, and again with other settings', () => {
    const random = new Random(4);
    const values = [1, 2, 3, 4].map((i) => random.normals(70_001, 0, i).map((x) => (i === 3 ? x * x : x)));
    for (const stepSize of [1e-3, 2e-3]) {
      const attributes = { beta1: 0.9, beta2: 0.95, stepSize, epsilon: 1e-8, keep: 0.99 };
      const step = () =>
        tf.tidy(() => {
          const [weight, first, second, gradient] = values.map((data) => tf.tensor(data));
          return adamWUpdate(weight, first, second, gradient, attributes).map((tensor) => tensor.dataSync());
        });
      registerTensorFlowKernels();
      const ours = step();
      unregisterTensorFlowKernels();
      step().forEach((wanted, i) => {
        expect(distance(ours[i] as Float32Array, wanted as Float32Array)).toBeLessThanOrEqual(2e-5);
      });
    }
  });

  it('refuses shapes that do not fit together', () => {
    registerTensorFlowKernels();
    const before = tf.memory().numTensors;
    const wrong = (name: string, shapes: number[][], attrs: tf.NamedAttrMap, names: string[]) =>
      tf.tidy(() => {
        const inputs = Object.fromEntries(names.map((key, i) => [key, tf.ones(shapes[i])]));
        tf.engine().runKernel(name, inputs, attrs);
      });
    const xWeightBias = ['x', 'weight', 'bias'];
    expect(() => wrong('LayerNorm', [[2, 3], [2], [3]], { epsilon: 1 }, xWeightBias)).toThrow(/fit together/);
    expect(() => wrong('LayerNorm', [[6], [6], [6]], { epsilon: 1 }, xWeightBias)).toThrow(/rank/);
    const group = { groups: 2, epsilon: 1, swish: false };
    expect(() => wrong('GroupNorm', [[1, 1, 1, 3], [3], [3]], group, xWeightBias)).toThrow(/fit together/);
    expect(() => wrong('SelfAttention', [[1, 2, 7]], { heads: 1 }, ['qkv'])).toThrow(/fit together/);
    expect(() => wrong('SelfAttention', [[1, 2, 6]], { heads: 0 }, ['qkv'])).toThrow(/fit together/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('registers them once, and takes them all away again', () => {
    registerTensorFlowKernels();
    registerTensorFlowKernels();
    for (const name of tensorFlowKernelNames) expect(tf.getKernel(name, 'tensorflow')).toBeDefined();
    unregisterTensorFlowKernels();
    for (const name of tensorFlowKernelNames) expect(tf.getKernel(name, 'tensorflow')).toBeUndefined();
  });
});
