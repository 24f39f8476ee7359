import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { profileKernels } from './profile-kernels.js';

it('counts kernels and shares the time out among them, and leaves the backend as it was', async () => {
  await tf.setBackend('cpu');
  const before = tf.getKernel('MatMul', 'cpu') ?? tf.getKernel('BatchMatMul', 'cpu');
  const began = performance.now();
  const times = await profileKernels(async () => {
    tf.tidy(() => {
      const a = tf.ones([64, 64]);
      tf.relu(tf.matMul(a, tf.matMul(a, a))).dataSync();
    });
  });
  const total = performance.now() - began;
  expect(times['BatchMatMul'].calls).toBe(2);
  expect(times['Relu'].calls).toBe(1);
  const sum = Object.values(times).reduce((all, { milliseconds }) => all + milliseconds, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(total);
  expect(tf.getKernel('BatchMatMul', 'cpu')).toBe(before);
});

it('gives the kernels back where the run fails', async () => {
  const before = tf.getKernel('Relu', 'cpu');
  await expect(profileKernels(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(tf.getKernel('Relu', 'cpu')).toBe(before);
});
