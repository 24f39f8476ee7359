import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError } from '@visual-echoes/core';
import { afterAll, describe, expect, it } from 'vitest';
import {
  registerWebGpuKernels,
  unregisterWebGpuKernels,
  webGpuKernelNames,
} from './register-webgpu-kernels.js';
import { startWebGpu } from './webgpu.test.helper.js';

const reason = await startWebGpu();

describe.skipIf(reason)('registerWebGpuKernels', () => {
  afterAll(() => registerWebGpuKernels());
  const there = () => webGpuKernelNames.filter((name) => tf.getKernel(name, 'webgpu'));

  it('adds every kernel, or what is named, and takes them away again', () => {
    expect(there()).toEqual(webGpuKernelNames);
    unregisterWebGpuKernels();
    expect(there()).toEqual(['Sin', 'Cos', 'AddN']); // TensorFlow.js's own
    registerWebGpuKernels({ only: ['Linear'] });
    registerWebGpuKernels({ only: ['Linear'] });
    expect(there()).toEqual(['Linear', 'Sin', 'Cos', 'AddN']);
    expect(() => registerWebGpuKernels({ only: ['Linear', 'Nothing'] })).toThrow(ConfigurationError);
  });

  it.each([1, 7, 8, 20])('adds %i tensors up', async (count) => {
    registerWebGpuKernels();
    const before = tf.backend().numDataIds();
    const tensors = Array.from({ length: count }, (_, i) => tf.fill([1200], i + 1));
    const sum = tf.addN(tensors);
    expect((await sum.data())[1199]).toBe((count * (count + 1)) / 2);
    tf.dispose([sum, ...tensors]);
    expect(tf.backend().numDataIds()).toBe(before);
  });
});
