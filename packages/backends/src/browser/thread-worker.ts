import { type ThreadData, threadMain } from '../wasm-kernels/threads/thread-main.js';

/** What a Web Worker has; TypeScript only knows it together with the DOM. */
interface WorkerScope {
  onmessage: (event: { data: ThreadData }) => void;
  postMessage(message: unknown): void;
  WebAssembly: Parameters<typeof threadMain>[1];
}

// The program of a thread as a file, which a page's policy allows by `worker-src 'self'`.
const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }) => threadMain(data, scope.WebAssembly);
scope.postMessage('ready');
