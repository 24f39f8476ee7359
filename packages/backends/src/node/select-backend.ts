import { ConfigurationError } from '@visual-echoes/core';
import { type ChosenBackend, chooseBackend } from '../choice/choose-backend.js';
import { type BackendName, candidates } from './candidates.js';

/** What `selectBackend` looks for, and whom it tells. */
export interface SelectBackendOptions {
  /** Only this backend will do; without it the environment variable VISUAL_ECHOES_BACKEND, else the fastest. */
  prefer?: BackendName | undefined;
  /** Receives the one line that says what was picked and why nothing faster was. */
  onMessage?: ((message: string) => void) | undefined;
  /** Whether a backend must compute right before it is trusted. */
  selfCheck?: boolean | undefined;
  /**
   * Threads of one operation, where the engine is not yet started in this process; without it the environment variable
   * VISUAL_ECHOES_THREADS, else as many as there are cores, on `wasm` at most 8.
   */
  threads?: number | undefined;
  /** Files or folders' package.json whose `node_modules` are searched for engines. */
  from?: readonly string[] | undefined;
}

/** The backend that is now current. */
export type SelectedBackend = ChosenBackend<BackendName>;

/**
 * Makes the fastest backend that works here the current one: tfjs-node-gpu, WebGPU where there is a GPU, tfjs-node,
 * wasm with our kernels, cpu. `webgpu` runs on a software adapter only where it is preferred.
 *
 * @throws BackendError, with the remedy, where the preferred backend or every backend fails; ConfigurationError
 * for a name that is none.
 *
 * @example
 * import { selectBackend } from '@visual-echoes/backends/node';
 * const { name, label } = await selectBackend({ onMessage: console.error });
 */
export async function selectBackend({
  prefer,
  onMessage = () => {},
  selfCheck = true,
  threads = threadsOfEnvironment(),
  from,
}: SelectBackendOptions = {}): Promise<SelectedBackend> {
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1 && threads <= 256)) {
    throw new ConfigurationError(`There cannot be ${threads} threads; give a whole number from 1 to 256.`);
  }
  const wanted = prefer ?? (process.env['VISUAL_ECHOES_BACKEND'] || undefined);
  return chooseBackend(candidates, {
    wanted,
    askedBy: prefer === undefined ? 'VISUAL_ECHOES_BACKEND' : 'The backend',
    startOptions: { threads, from, software: wanted === 'webgpu' },
    selfCheck,
    onMessage,
    remedy: 'npm install @tensorflow/tfjs-backend-wasm',
  });
}

function threadsOfEnvironment(): number | undefined {
  const given = process.env['VISUAL_ECHOES_THREADS'];
  return given ? Number(given) : undefined;
}
