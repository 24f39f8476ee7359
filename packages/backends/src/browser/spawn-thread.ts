import { BackendError } from '@visual-echoes/core';
import type { SpawnThread } from '../wasm-kernels/threads/thread-pool.js';
import { page } from './page.js';

/** Starts a Web Worker for the kernels of wasm. Its program is a text, which a page's policy may forbid (`worker-src blob:`). */
export const spawnThread: SpawnThread = (source, data) => {
  const { Worker, Blob, URL } = page;
  if (!Worker) throw new BackendError('there are no workers here');
  const program = `onmessage = ({ data }) => (${source})(data);`;
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.postMessage(data);
  URL.revokeObjectURL(address);
  return () => worker.terminate();
};
