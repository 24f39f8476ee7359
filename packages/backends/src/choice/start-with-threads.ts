import { type SpawnThread, wasmThreadCount, withSharedMemory } from '../wasm-kernels/index.js';
import { activate, forget } from './candidate.js';

/** The most threads that are taken unasked: beyond it, waiting for each other costs what they bring. */
const MOST_THREADS = 8;

/**
 * As `startWithThreads` with a single thread, in a memory that is not shared, whatever there was before: not every engine
 * shares memory rightly.
 */
export async function startWithoutThreads(version: string): Promise<string> {
  forget('wasm');
  return startWithThreads({ version, threads: 1, cores: 1, spawn: undefined });
}

/**
 * Makes `wasm` the current backend, with our kernels over threads, or in one where nothing spawns any; returns its name
 * for people.
 */
export async function startWithThreads({
  version,
  threads,
  cores,
  spawn,
}: {
  version: string;
  threads: number | undefined;
  cores: number;
  spawn: SpawnThread | undefined;
}): Promise<string> {
  const count = threads ?? Math.min(cores, MOST_THREADS);
  const start = () => activate('wasm', '@tensorflow/tfjs-backend-wasm');
  await (spawn && count > 1 ? withSharedMemory({ count, spawn }, start) : start());
  const actual = wasmThreadCount();
  return `WebAssembly (tfjs-backend-wasm ${version}, our kernels, ${actual} thread${actual === 1 ? '' : 's'})`;
}
