import * as tf from '@tensorflow/tfjs-core';
import {
  fusedWasmKernelNames,
  registerTensorFlowKernels,
  registerWasmKernels,
  registerWebGpuKernels,
  unregisterTensorFlowKernels,
  unregisterWasmKernels,
  unregisterWebGpuKernels,
  wasmKernelNames,
} from '@visual-echoes/backends';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { BackendError } from '@visual-echoes/core';

/** Every engine of the project; the first is the one that the others are compared with. */
export const ENGINES: readonly BackendName[] = ['cpu', 'wasm', 'tensorflow'];

/** Those, and WebGPU, on SwiftShader where there is no GPU, which is too slow for more than the conformance suite. */
export const CONFORMING: readonly BackendName[] = [...ENGINES, 'webgpu'];

/** Takes our kernels for the models' operations away, and brings them back; those without which an engine is wrong stay. */
export const OUR_KERNELS: Partial<Record<BackendName, { remove(): void; restore(): void }>> = {
  wasm: {
    remove() {
      unregisterWasmKernels();
      registerWasmKernels({ only: wasmKernelNames.filter((name) => !fusedWasmKernelNames.includes(name)) });
    },
    restore: () => registerWasmKernels(),
  },
  tensorflow: { remove: unregisterTensorFlowKernels, restore: () => void registerTensorFlowKernels() },
  webgpu: {
    remove() {
      unregisterWebGpuKernels();
      registerWebGpuKernels({ only: ['AddN'] }); // TensorFlow.js's is refused by the device for 8 tensors and more
    },
    restore: () => registerWebGpuKernels(),
  },
};

/** Whether an engine has been started in this process, and what kept it from it. */
const started = new Map<BackendName, BackendError | undefined>();

/** Why an engine cannot run here, in one line; nothing where it can. */
export async function whyMissing(name: BackendName): Promise<string | undefined> {
  if (!started.has(name)) {
    const failure = await selectBackend({ prefer: name, selfCheck: false }).then(
      () => undefined,
      (error) => {
        if (error instanceof BackendError) return error;
        throw error;
      },
    );
    started.set(name, failure);
  }
  return started.get(name)?.message;
}

/** Runs `compute` on an engine, and makes the engine that was current before current again. */
export async function onEngine<T>(name: BackendName, compute: () => Promise<T>): Promise<T> {
  const before = Object.keys(tf.engine().registry).length > 0 ? tf.getBackend() : undefined;
  try {
    const reason = await whyMissing(name);
    if (reason) throw new BackendError(reason);
    await tf.setBackend(name);
    return await compute();
  } finally {
    if (before) await tf.setBackend(before);
  }
}
