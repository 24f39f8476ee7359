import * as tf from '@tensorflow/tfjs-core';
import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.js';
import { cast } from './cast.js';
import { clipByValue } from './clip-by-value.js';
import { conv2d, fusedConv2d } from './conv2d.js';
import { conv2dBackpropFilter, conv2dBackpropInput } from './conv2d-backprop.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.js';
import { erf } from './erf.js';
import { fusedKernels } from './fused/index.js';
import { gather } from './gather.js';
import { identity } from './identity.js';
import { leakyRelu } from './leaky-relu.js';
import { maxPoolGrad } from './max-pool-grad.js';
import { hasNativeModules } from './simd/native-instance.js';
import { slice, splitV, unpack } from './slice.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';
import type { WasmBackend, WasmKernel } from './wasm-backend.js';

const kernels: readonly WasmKernel[] = [
  batchMatMul,
  fusedMatMul,
  slice,
  splitV,
  unpack,
  conv2d,
  fusedConv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  gather,
  identity,
  unsortedSegmentSum,
  cast,
  clipByValue,
  leakyRelu,
  erf,
  ...fusedKernels,
];

/** Those of them that models' operations ask for; without one, an operation is composed of others. */
export const fusedWasmKernelNames: readonly string[] = fusedKernels.map(({ name }) => name);

/** The names of the kernels that `registerWasmKernels` adds or replaces. */
export const wasmKernelNames: readonly string[] = kernels.map((kernel) => kernel.name);

/** What stood under each replaced name; `undefined` where nothing did. */
const replaced = new Map<string, tf.KernelConfig | undefined>();

/**
 * Registers our kernels for the backend `wasm`, in place of those that are missing, slow or wrong in
 * tfjs-backend-wasm 4.22. Import that package first; calling this twice changes nothing.
 *
 * @throws ConfigurationError for a name in `only` that is not in `wasmKernelNames`; BackendError where
 * tfjs-backend-wasm was not imported before.
 *
 * @example
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { registerWasmKernels } from '@visual-echoes/backends';
 * registerWasmKernels();
 * await tf.setBackend('wasm');
 */
export function registerWasmKernels({ only = wasmKernelNames }: { only?: readonly string[] } = {}): void {
  const unknown = only.find((name) => !wasmKernelNames.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `No wasm kernel "${unknown}" here. There are: ${wasmKernelNames.join(', ')}.`,
    );
  }
  if (tf.getKernelsForBackend('wasm').length === 0) {
    throw new BackendError('The wasm backend is not there yet: import @tensorflow/tfjs-backend-wasm first.');
  }
  for (const { name, create } of kernels) {
    if (!only.includes(name) || replaced.has(name)) continue;
    if (fusedWasmKernelNames.includes(name) && !hasNativeModules()) continue;
    const original: tf.KernelConfig | undefined = tf.getKernel(name, 'wasm') ?? undefined;
    const kernel = create(original?.kernelFunc);
    replaced.set(name, original);
    if (original) tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({
      ...original, // its setup, which prepares the original that some of ours call
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => kernel(inputs, attrs ?? {}, backend as WasmBackend),
    });
  }
}

/** Puts back what `registerWasmKernels` replaced, and removes what it added. */
export function unregisterWasmKernels(): void {
  for (const [name, original] of replaced) {
    tf.unregisterKernel(name, 'wasm');
    if (original) tf.registerKernel(original);
  }
  replaced.clear();
}
