import * as tf from '@tensorflow/tfjs-core';
import type { Run } from './benchmark.js';

/** By a kernel's name, how often it ran, and the milliseconds in it that were not in kernels that it called. */
export type KernelTimes = Record<string, { calls: number; milliseconds: number }>;

/**
 * Runs something with every kernel of the current backend timed; what no kernel took is under `(elsewhere)`. Right
 * where a kernel ends with its work done (tensorflow, wasm, cpu); on WebGPU it is the time to submit.
 */
export async function profileKernels(run: Run): Promise<KernelTimes> {
  const times: KernelTimes = {};
  const within: number[] = []; // milliseconds of called kernels, by depth
  const add = (name: string, milliseconds: number) => {
    times[name] ??= { calls: 0, milliseconds: 0 };
    times[name].calls++;
    times[name].milliseconds += milliseconds;
  };
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const replace = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  };
  for (const kernel of kernels) {
    const kernelFunc: tf.KernelFunc = (parameters) => {
      within.push(0);
      const began = performance.now();
      try {
        return kernel.kernelFunc(parameters);
      } finally {
        const took = performance.now() - began;
        add(kernel.kernelName, took - within.pop()!);
        if (within.length > 0) within[within.length - 1] += took;
      }
    };
    replace({ ...kernel, kernelFunc });
  }
  const began = performance.now();
  try {
    await run();
  } finally {
    for (const kernel of kernels) replace(kernel);
  }
  const total = performance.now() - began;
  const inKernels = Object.values(times).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  times['(elsewhere)'] = { calls: 1, milliseconds: Math.max(0, total - inKernels) };
  return times;
}
