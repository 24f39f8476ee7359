import * as tf from '@tensorflow/tfjs-core';
import { BackendError, throwIfCancelled } from '@visual-echoes/core';
import { checkDevice } from './watch-device.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** How a warm-up is watched and stopped. */
export interface WarmUpOptions {
  /** Receives how many of the shaders are compiled; neither number goes back. */
  onProgress?: ((progress: { compiled: number; shaders: number }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Compiles the shaders of `run` ahead, on all of the driver's threads and without stopping a page, and runs it once after
 * it, so that weights and buffers are in place too. On other backends than `webgpu` it is run once. What `run` returns is
 * disposed of.
 *
 * @param run computes without reading back (`data()`), and keeps no tensor that it has computed, though it may keep one
 * with values that were given: it is first run without computing anything.
 * @throws CancelledError; BackendError where `run` kept a tensor, or a shader is refused.
 *
 * @example
 * await warmUp(() => model.forward(tokens), { onProgress: ({ compiled, shaders }) => bar(compiled / shaders) });
 */
export async function warmUp(
  run: () => tf.TensorContainer,
  { onProgress = () => {}, signal }: WarmUpOptions = {},
): Promise<void> {
  throwIfCancelled(signal);
  const backend = tf.backend() as WebGpuBackend;
  if (backend.pipelineCache) {
    collectShaders(run, backend);
    const waiting = Object.values(backend.pipelineCache).filter((pipeline) => pipeline instanceof Promise);
    let compiled = 0;
    onProgress({ compiled, shaders: waiting.length });
    const all = waiting.map(async (pipeline) => {
      await pipeline;
      onProgress({ compiled: ++compiled, shaders: waiting.length });
    });
    try {
      await Promise.all(all);
      await backend.checkCompileCompletionAsync();
    } catch (error) {
      for (const [key, pipeline] of Object.entries(backend.pipelineCache)) {
        if (pipeline instanceof Promise) delete backend.pipelineCache[key];
      }
      const [line] = (error as Error).message.split('\n');
      throw new BackendError(`A shader cannot be compiled: ${line}`, { cause: error });
    }
    throwIfCancelled(signal);
  }
  const result = tf.tidy(run);
  try {
    if (backend.pipelineCache) await checkDevice();
  } finally {
    tf.dispose(result);
  }
}

/** Runs `run` with every shader only handed to the compiler; the tensors that it computes hold nothing. */
function collectShaders(run: () => tf.TensorContainer, backend: WebGpuBackend): void {
  const computed: object[] = [];
  const { runWebGPUProgram } = backend;
  backend.runWebGPUProgram = (...call) => {
    const output = runWebGPUProgram.apply(backend, call);
    computed.push(output.dataId);
    return output;
  };
  tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
  try {
    tf.dispose(tf.tidy(run));
  } finally {
    tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    backend.runWebGPUProgram = runWebGPUProgram;
  }
  if (computed.some((id) => backend.tensorMap.has(id))) {
    throw new BackendError(
      'What is warmed up keeps tensors that it has computed; they hold nothing. Load it anew.',
    );
  }
}
