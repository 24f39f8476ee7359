import { Worker } from 'node:worker_threads';
import type { SpawnThread } from '../wasm-kernels/threads/thread-pool.js';

/** Starts a thread for the kernels of wasm; the process ends without waiting for it. */
export const spawnThread: SpawnThread = (source, data) => {
  const worker = new Worker(`(${source})(require('node:worker_threads').workerData)`, {
    eval: true,
    workerData: data,
  });
  worker.unref();
  return () => void worker.terminate();
};
