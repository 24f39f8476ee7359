import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';
import { activate, type Candidate, firstLine } from '../choice/candidate.js';
import { startWithoutThreads, startWithThreads } from '../choice/start-with-threads.js';
import { registerTensorFlowKernels } from '../tensorflow-kernels/index.js';
import { registerWasmKernels } from '../wasm-kernels/index.js';
import { registerWebGpuKernels, watchDevice } from '../webgpu-kernels/index.js';
import { openGpu } from './open-gpu.js';
import { findPackage, hasNativeBinding } from './optional-package.js';
import { spawnThread } from './spawn-thread.js';

/** The TensorFlow.js backends that run in Node. */
export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** How an engine is started. */
export interface StartOptions {
  /** Folders or files whose `node_modules` are searched; by default this package, the entry and the current folder. */
  from?: readonly string[] | undefined;
  /** Threads of one operation, before the engine is first started in this process. */
  threads?: number | undefined;
  /** Whether `webgpu` may run on an adapter that is a program on the CPU: right, and slow. */
  software?: boolean | undefined;
}

/** Every engine, the fastest first. */
export const candidates: readonly Candidate<BackendName, StartOptions>[] = [
  {
    name: 'tensorflow',
    packageName: '@tensorflow/tfjs-node-gpu',
    remedy: 'npm install @tensorflow/tfjs-node-gpu (needs CUDA)',
    start: (options) => startTensorFlow('@tensorflow/tfjs-node-gpu', options),
  },
  {
    name: 'webgpu',
    packageName: 'webgpu',
    remedy:
      'npm install webgpu @tensorflow/tfjs-backend-webgpu (needs a GPU with a Vulkan, Metal or D3D12 driver)',
    start: async ({ from, software = false }) => {
      const label = await openGpu({ from, software });
      load('@tensorflow/tfjs-backend-webgpu', from);
      registerWebGpuKernels();
      await activate('webgpu', '@tensorflow/tfjs-backend-webgpu');
      watchDevice();
      return `WebGPU on ${label} (Dawn, tfjs-backend-webgpu, our kernels)`;
    },
  },
  {
    name: 'tensorflow',
    packageName: '@tensorflow/tfjs-node',
    remedy: 'npm install @tensorflow/tfjs-node, or in a checkout of visual-echoes: pnpm engine:tensorflow',
    start: (options) => startTensorFlow('@tensorflow/tfjs-node', options),
  },
  {
    name: 'wasm',
    packageName: '@tensorflow/tfjs-backend-wasm',
    remedy: 'npm install @tensorflow/tfjs-backend-wasm',
    start: (options) =>
      startWithThreads({
        version: loadWasm(options),
        threads: options.threads,
        cores: availableParallelism(),
        spawn: spawnThread,
      }),
    startPlainly: async (options) => startWithoutThreads(loadWasm(options)),
  },
  {
    name: 'cpu',
    packageName: '@tensorflow/tfjs-backend-cpu',
    remedy: 'npm install @tensorflow/tfjs-backend-cpu',
    start: async ({ from }) => {
      load('@tensorflow/tfjs-backend-cpu', from);
      await activate('cpu', '@tensorflow/tfjs-backend-cpu');
      // It greets the console at the first tensor, naming a package that we have already tried.
      (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
      return 'plain JavaScript (tfjs-backend-cpu)';
    },
  },
];

/** Loads an optional package, with every failure as one line. */
function load(packageName: string, from?: readonly string[]): unknown {
  const found = findPackage(packageName, from);
  if (!found) throw new BackendError(`${packageName} is not installed`);
  if (packageName.includes('tfjs-node') && !hasNativeBinding(found)) {
    throw new BackendError(`${packageName} ${found.version} is installed without its native library`);
  }
  try {
    return quietly(() => found.load());
  } catch (error) {
    throw new BackendError(`${packageName} ${found.version} cannot be loaded: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

/** Loads tfjs-backend-wasm with our kernels; returns its version. */
function loadWasm({ from }: StartOptions): string {
  // Node 20 has fused multiply-add in WebAssembly, a third faster, behind this flag; later ones have no flag.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const packageName = '@tensorflow/tfjs-backend-wasm';
  const { version_wasm: version } = load(packageName, from) as { version_wasm: string };
  registerWasmKernels();
  return version;
}

async function startTensorFlow(packageName: string, { from, threads }: StartOptions): Promise<string> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  if (threads !== undefined) {
    process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
    process.env['OMP_NUM_THREADS'] = String(threads);
  }
  replaceUtilFunctions();
  load(packageName, from);
  await activate('tensorflow', packageName);
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  const [, name] = packageName.split('/');
  if (backend.isUsingGpuDevice) return `TensorFlow on the GPU (${name})`;
  return `TensorFlow on the CPU (${name}${registerTensorFlowKernels() ? ', our kernels' : ''})`;
}

/** tfjs-node 4.22 calls two functions of `util` that Node 22 warns of and Node 23 removed. */
function replaceUtilFunctions(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}

/** Runs `f` with TensorFlow.js's own warnings off (kernels registered twice by two of its packages, advice). */
function quietly<T>(f: () => T): T {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    return f();
  } finally {
    tf.env().set('PROD', before);
  }
}
