import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random.js';
import { expectClose, useCpu } from '../testing.test.helper.js';
import { gelu } from './gelu.js';
import { groupNorm } from './group-norm.js';
import { fusedKernel } from './kernel.js';
import { layerNorm } from './layer-norm.js';
import { linear } from './linear.js';
import { nearestCode } from './nearest-code.js';
import { selfAttention } from './self-attention.js';
import '../training/index.js';

beforeAll(useCpu);

const registered: string[] = [];
afterEach(() => {
  for (const name of registered.splice(0)) tf.unregisterKernel(name, 'cpu');
});

/** Gives cpu a kernel that counts its calls, and computes by `compute` what the operation composes. */
function register(
  name: string,
  compute: (inputs: tf.NamedTensorInfoMap, attrs: never) => tf.Tensor | tf.Tensor[],
) {
  const calls = { count: 0 };
  tf.registerKernel({
    kernelName: name,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => {
      calls.count++;
      return compute(inputs, attrs as never) as tf.TensorInfo;
    },
  });
  registered.push(name);
  return calls;
}

const random = new Random(3);
const normals = (...shape: number[]) => random.normals(shape.reduce((a, b) => a * b, 1));

interface Operation {
  name: string;
  run: (...inputs: never[]) => tf.Tensor;
  inputs: { shape: number[]; values: Float32Array }[];
  attributes: object;
  names: string[];
}

const input = (...shape: number[]) => ({ shape, values: normals(...shape) });
const attributes = { groups: 3, epsilon: 1e-6, swish: true };
const operations: Operation[] = [
  {
    name: 'LayerNorm',
    run: (x: tf.Tensor2D, w: tf.Tensor, b: tf.Tensor) => layerNorm(x, w, b, 1e-5),
    inputs: [input(7, 5), input(5), input(5)],
    attributes: { epsilon: 1e-5 },
    names: ['x', 'weight', 'bias'],
  },
  {
    name: 'GroupNorm',
    run: (x: tf.Tensor4D, w: tf.Tensor, b: tf.Tensor) => groupNorm(x, w, b, attributes),
    inputs: [input(2, 3, 5, 6), input(6), input(6)],
    attributes,
    names: ['x', 'weight', 'bias'],
  },
  {
    name: 'SelfAttention',
    run: (x: tf.Tensor) => selfAttention(x, 2),
    inputs: [input(2, 7, 18)],
    attributes: { heads: 2 },
    names: ['qkv'],
  },
  {
    name: 'Gelu',
    run: (x: tf.Tensor) => gelu(x),
    inputs: [input(5, 7)],
    attributes: {},
    names: ['x'],
  },
  {
    name: 'Linear',
    run: (x: tf.Tensor2D, w: tf.Tensor, b: tf.Tensor) => linear(x, w, b, 'gelu'),
    inputs: [input(7, 5), input(5, 3), input(3)],
    attributes: { activation: 'none' }, // its activation is apart while gradients are taped
    names: ['x', 'weight', 'bias'],
  },
];

describe('an operation whose engine has a kernel for it', () => {
  it.each(operations)('$name is that kernel, with the gradients of the composition', async (operation) => {
    const { name, run, inputs, attributes: wanted, names } = operation;
    const measure = () =>
      tf.tidy(() => {
        const tensors = inputs.map(({ shape, values }) => tf.tensor(values, shape));
        const outcome = tf.valueAndGrads((...all: tf.Tensor[]) => {
          const y = run(...(all as never[]));
          return tf.sum(tf.mul(y, tf.tensor(new Random(9).normals(y.size), y.shape)));
        })(tensors);
        return [outcome.value, ...outcome.grads].map((tensor) => tensor.dataSync());
      });
    const composed = measure();
    const before = tf.memory().numTensors;
    let seen: object = {};
    const calls = register(name, (given, attrs) => {
      seen = attrs;
      expect(Object.keys(given)).toEqual(names);
      // What the composition gives, without the kernel that is just running.
      const tensors = names.map((key) => given[key] as tf.Tensor);
      const config = tf.getKernel(name, 'cpu');
      tf.unregisterKernel(name, 'cpu');
      const plain =
        name === 'Linear'
          ? linear(...(tensors as [tf.Tensor2D, tf.Tensor, tf.Tensor]))
          : run(...(tensors as never[]));
      tf.registerKernel(config);
      return plain;
    });
    const fused = measure();
    expect(calls.count).toBe(1);
    expect(seen).toEqual(wanted);
    fused.forEach((values, i) => {
      expectClose(values, composed[i], 1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('hands activations to the kernel where no gradient is taped', () => {
    const [x, w] = [tf.ones([2, 3]) as tf.Tensor2D, tf.ones([3, 2])];
    let seen: object = {};
    register('Linear', (inputs, attrs) => {
      seen = { inputs: Object.keys(inputs), attrs };
      return tf.zeros([2, 2]);
    });
    linear(x, w, undefined, 'gelu').dispose();
    expect(seen).toEqual({ inputs: ['x', 'weight'], attrs: { activation: 'gelu' } });
    tf.dispose([x, w]);
  });

  it('finds the nearest codes by the kernel', () => {
    const calls = register('NearestCode', () => tf.tensor1d([4], 'int32'));
    const [vectors, codes] = [tf.ones([1, 2]) as tf.Tensor2D, tf.ones([5, 2]) as tf.Tensor2D];
    const found = nearestCode(vectors, codes);
    expect([...found.dataSync()]).toEqual([4]);
    expect(calls.count).toBe(1);
    tf.dispose([vectors, codes, found]);
  });
});

it('has no kernel where the engine has none', () => {
  expect(fusedKernel('LayerNorm')).toBeUndefined();
});
