import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';
import { activate, type Candidate, firstLine } from '../choice/candidate.js';
import { startWithoutThreads, startWithThreads } from '../choice/start-with-threads.js';
import { registerWasmKernels } from '../wasm-kernels/index.js';
import { isSoftware, nameOf } from '../webgpu-kernels/adapter-name.js';
import { registerWebGpuKernels, watchDevice } from '../webgpu-kernels/index.js';
import { page } from './page.js';
import { findSpawnThread } from './spawn-thread.js';
import { PACKAGED_VERSION, packagedWasmPaths } from './wasm-paths.js';

/** The TensorFlow.js backends that run in a page. */
export type BackendName = 'webgpu' | 'wasm' | 'webgl' | 'cpu';

/** How an engine is started. */
export interface StartOptions {
  /** Threads of one operation on `wasm`, where the page is isolated. */
  threads?: number | undefined;
  /** Where the binaries of tfjs-backend-wasm lie: a folder's address, or one for each file. With this package. */
  wasmPaths?: string | Record<string, string> | undefined;
  /** Whether `webgpu` may run on an adapter that is a program on the CPU: right, and slow. */
  software?: boolean | undefined;
}

/** Every engine, the fastest first. */
export const candidates: readonly Candidate<BackendName, StartOptions>[] = [
  {
    name: 'webgpu',
    packageName: '@tensorflow/tfjs-backend-webgpu',
    remedy:
      'a browser with WebGPU (Chrome, Edge, Safari 26), and @tensorflow/tfjs-backend-webgpu in the page',
    start: async ({ software = false }) => {
      const adapter = await page.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
      if (!adapter) throw new BackendError('no GPU for webgpu here');
      if (!software && isSoftware(adapter)) {
        throw new BackendError(`no GPU for webgpu here: ${nameOf(adapter)} is a program on the CPU`);
      }
      await load('@tensorflow/tfjs-backend-webgpu', () => import('@tensorflow/tfjs-backend-webgpu'));
      registerWebGpuKernels();
      await activate('webgpu', '@tensorflow/tfjs-backend-webgpu');
      watchDevice();
      return `WebGPU on ${nameOf(adapter)} (tfjs-backend-webgpu, our kernels)`;
    },
  },
  {
    name: 'wasm',
    packageName: '@tensorflow/tfjs-backend-wasm',
    remedy: '@tensorflow/tfjs-backend-wasm in the page, and the address of its binaries in wasmPaths',
    start: async (options) =>
      startWithThreads({
        version: await loadWasm(options),
        threads: options.threads,
        cores: page.navigator?.hardwareConcurrency ?? 1,
        spawn: page.crossOriginIsolated && options.threads !== 1 ? await findSpawnThread() : undefined,
      }),
    startPlainly: async (options) => startWithoutThreads(await loadWasm(options)),
  },
  {
    name: 'webgl',
    packageName: '@tensorflow/tfjs-backend-webgl',
    remedy: 'a browser with WebGL 2, and @tensorflow/tfjs-backend-webgl in the page',
    start: async () => {
      await load('@tensorflow/tfjs-backend-webgl', () => import('@tensorflow/tfjs-backend-webgl'));
      await activate('webgl', '@tensorflow/tfjs-backend-webgl');
      return 'WebGL (tfjs-backend-webgl)';
    },
  },
  {
    name: 'cpu',
    packageName: '@tensorflow/tfjs-backend-cpu',
    remedy: '@tensorflow/tfjs-backend-cpu in the page',
    start: async () => {
      await load('@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
      await activate('cpu', '@tensorflow/tfjs-backend-cpu');
      return 'plain JavaScript (tfjs-backend-cpu)';
    },
  },
];

/** Loads tfjs-backend-wasm with our kernels; returns its version. */
async function loadWasm({ wasmPaths }: StartOptions): Promise<string> {
  const name = '@tensorflow/tfjs-backend-wasm';
  const wasm = await load(name, () => import('@tensorflow/tfjs-backend-wasm'));
  const paths = wasmPaths ?? (wasm.version_wasm === PACKAGED_VERSION ? packagedWasmPaths : undefined);
  if (paths !== undefined && !tf.engine().registry['wasm']) wasm.setWasmPaths(paths);
  // Its own threads would need another binary, and run slower kernels.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  registerWasmKernels();
  return wasm.version_wasm;
}

/** Loads an engine's package, which the page may not have. */
async function load<T>(packageName: string, bring: () => Promise<T>): Promise<T> {
  try {
    return await bring();
  } catch (error) {
    throw new BackendError(`${packageName} cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
}
