import * as tf from '@tensorflow/tfjs-core';
import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { addN } from './add-n.js';
import { drawTokensKernel } from './draw-tokens.js';
import { geluGradKernel, geluKernel } from './gelu.js';
import { groupNorm } from './group-norm.js';
import { unpackHalves } from './halves.js';
import { layerNorm, layerNormGrad } from './layer-norm.js';
import { linear, linearHalves } from './linear.js';
import { nearestCode } from './nearest-code.js';
import { selfAttention } from './self-attention.js';
import { cosine, sine } from './sine.js';
import type { WebGpuBackend, WebGpuKernel } from './webgpu-backend.js';

const kernels: readonly WebGpuKernel[] = [
  layerNorm,
  layerNormGrad,
  groupNorm,
  selfAttention,
  linear,
  linearHalves,
  unpackHalves,
  geluKernel,
  geluGradKernel,
  nearestCode,
  drawTokensKernel,
  sine,
  cosine,
];

/** The names of the kernels that `registerWebGpuKernels` adds, and `AddN`, which it repairs. */
export const webGpuKernelNames: readonly string[] = [...kernels.map(({ name }) => name), 'AddN'];

/** What stood under each name; `undefined` where nothing did. */
const replaced = new Map<string, tf.KernelConfig | undefined>();

/**
 * Registers our WGSL kernels for the backend `webgpu`. Import tfjs-backend-webgpu first; calling this twice changes
 * nothing.
 *
 * @throws ConfigurationError for a name in `only` that is not in `webGpuKernelNames`; BackendError where
 * tfjs-backend-webgpu was not imported before.
 *
 * @example
 * import '@tensorflow/tfjs-backend-webgpu';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { registerWebGpuKernels } from '@visual-echoes/backends';
 * registerWebGpuKernels();
 * await tf.setBackend('webgpu');
 */
export function registerWebGpuKernels({ only = webGpuKernelNames }: { only?: readonly string[] } = {}): void {
  const unknown = only.find((name) => !webGpuKernelNames.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `No WebGPU kernel "${unknown}" here. There are: ${webGpuKernelNames.join(', ')}.`,
    );
  }
  if (tf.getKernelsForBackend('webgpu').length === 0) {
    throw new BackendError(
      'The webgpu backend is not there yet: import @tensorflow/tfjs-backend-webgpu first.',
    );
  }
  const addNOriginal = replaced.get('AddN') ?? tf.getKernel('AddN', 'webgpu');
  for (const { name, run } of [...kernels, { name: 'AddN', run: addN(addNOriginal.kernelFunc) }]) {
    if (!only.includes(name) || replaced.has(name)) continue;
    const original: tf.KernelConfig | undefined = tf.getKernel(name, 'webgpu') ?? undefined;
    replaced.set(name, original);
    if (original) tf.unregisterKernel(name, 'webgpu');
    tf.registerKernel({
      kernelName: name,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(inputs as Record<string, tf.TensorInfo>, attrs ?? {}, backend as WebGpuBackend),
    });
  }
}

/** Removes them again: the models' operations are then composed of TensorFlow.js's. */
export function unregisterWebGpuKernels(): void {
  for (const [name, original] of replaced) {
    tf.unregisterKernel(name, 'webgpu');
    if (original) tf.registerKernel(original);
  }
  replaced.clear();
}
