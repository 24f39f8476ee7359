import { type SpawnThread, THREAD_SOURCE } from '../wasm-kernels/threads/thread-pool.js';
import { type PageWorker, page } from './page.js';

/** Bundlers look for these very words, so it must be called by its own name. */
declare const Worker: new (address: URL, options: { type: 'module' }) => PageWorker;

/** How long a worker may take until it says that it runs, in milliseconds. */
const LONGEST_START = 10_000;

/** A file of this package. It cannot be had where the package comes from another site than the page. */
const fromFile = (): PageWorker =>
  new Worker(new URL('./thread-worker.js', import.meta.url), { type: 'module' });

/** A text, which a page's policy may forbid (`worker-src blob:`). */
function fromText(): PageWorker {
  const program = `onmessage = ({ data }) => (${THREAD_SOURCE})(data); postMessage('ready');`;
  const address = page.URL.createObjectURL(new page.Blob([program], { type: 'text/javascript' }));
  try {
    return new page.Worker(address);
  } finally {
    page.URL.revokeObjectURL(address);
  }
}

/**
 * How threads for the kernels of wasm are started in this page: as Web Workers from a file, or else from a text;
 * undefined where neither starts. A worker that is refused says so only after it was made, hence the trial.
 */
export async function findSpawnThread(): Promise<SpawnThread | undefined> {
  for (const start of [fromFile, fromText]) {
    if (!(await starts(start))) continue;
    return (_source, data) => {
      const worker = start();
      worker.postMessage(data);
      return () => worker.terminate();
    };
  }
  return undefined;
}

async function starts(start: () => PageWorker): Promise<boolean> {
  let worker: PageWorker | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const tried = start();
    worker = tried;
    return await new Promise<boolean>((resolve) => {
      tried.onmessage = () => resolve(true);
      tried.onerror = (event) => {
        event.preventDefault(); // it would go to the console too
        resolve(false);
      };
      timer = setTimeout(resolve, LONGEST_START, false);
    });
  } catch {
    return false; // of another site, or no workers at all
  } finally {
    clearTimeout(timer);
    worker?.terminate();
  }
}
