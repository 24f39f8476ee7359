import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFusedKernels } from '../fused-kernels.test.helper.js';
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

describe.skipIf(reason)('our kernels for tensorflow', () => {
  beforeAll(() => void tf.setBackend('tensorflow'));
  afterAll(() => unregisterTensorFlowKernels());

  describeFusedKernels((run) => {
    unregisterTensorFlowKernels();
    try {
      return run();
    } finally {
      registerTensorFlowKernels();
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
