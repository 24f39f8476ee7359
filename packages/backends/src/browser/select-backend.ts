import { ConfigurationError } from '@visual-echoes/core';
import { type ChosenBackend, chooseBackend } from '../choice/choose-backend.js';
import { listCandidates, type ReportOf } from '../choice/list-candidates.js';
import { type BackendName, candidates, type StartOptions } from './candidates.js';

/** What `selectBackend` looks for, and whom it tells. */
export interface SelectBackendOptions extends Pick<StartOptions, 'threads' | 'wasmPaths'> {
  /** Only this backend will do; without it the fastest. */
  prefer?: BackendName | undefined;
  /** Receives the one line that says what was picked and why nothing faster was. */
  onMessage?: ((message: string) => void) | undefined;
  /** Whether a backend must compute right before it is trusted. */
  selfCheck?: boolean | undefined;
}

/** The backend that is now current. */
export type SelectedBackend = ChosenBackend<BackendName>;

/** One engine as found here. */
export type BackendReport = ReportOf<BackendName>;

/**
 * Makes the fastest backend that works in this page or Web Worker the current one: WebGPU on a GPU, wasm with our kernels
 * (over threads where the page is cross-origin isolated), WebGL, cpu. Each is one package, loaded when it is tried.
 *
 * @throws BackendError where the preferred backend or every backend fails; ConfigurationError for a name that is none.
 *
 * @example
 * import { selectBackend } from '@visual-echoes/backends/browser';
 * const { name, label } = await selectBackend({ onMessage: console.info });
 */
export async function selectBackend({
  prefer,
  onMessage = () => {},
  selfCheck = true,
  threads,
  wasmPaths,
}: SelectBackendOptions = {}): Promise<SelectedBackend> {
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1 && threads <= 256)) {
    throw new ConfigurationError(`There cannot be ${threads} threads; give a whole number from 1 to 256.`);
  }
  return chooseBackend(candidates, {
    wanted: prefer,
    askedBy: 'The backend',
    startOptions: { threads, wasmPaths, software: prefer === 'webgpu' },
    selfCheck,
    onMessage,
    remedy: '@tensorflow/tfjs-backend-wasm in the page',
  });
}

/** Starts, checks and measures every engine, the fastest kind first; the one that was current is so again afterwards. */
export const listBackends = (
  options: Pick<StartOptions, 'threads' | 'wasmPaths'> = {},
): Promise<BackendReport[]> => listCandidates(candidates, options);
