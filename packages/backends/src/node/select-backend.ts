import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { selfCheck as runSelfCheck } from '../self-check/index.js';
import { type BackendName, type Candidate, candidates, firstLine } from './candidates.js';

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
export interface SelectedBackend {
  name: BackendName;
  /** Its name for people, such as `TensorFlow on the CPU (tfjs-node)`. */
  label: string;
  /** The faster engines, by package, each with the reason in one line. */
  skipped: { name: string; reason: string }[];
}

const names: readonly string[] = ['tensorflow', 'webgpu', 'wasm', 'cpu'];

/**
 * Makes the fastest backend that works here the current one: tfjs-node-gpu, WebGPU
 * where there is a GPU, tfjs-node, wasm with our kernels, cpu. `webgpu` runs on a software adapter only where it is preferred.
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
  if (wanted !== undefined && !names.includes(wanted)) {
    const source = prefer === undefined ? 'VISUAL_ECHOES_BACKEND' : 'The backend';
    throw new ConfigurationError(`${source} is "${wanted}"; it may be ${names.join(', ')}.`);
  }
  const tried = candidates.filter(({ name }) => wanted === undefined || name === wanted);
  const skipped: SelectedBackend['skipped'] = [];
  for (const candidate of tried) {
    try {
      const label = await candidate.start({ threads, from, software: wanted === 'webgpu' });
      if (selfCheck) await trust(candidate);
      onMessage(describe(label, wanted === undefined ? skipped : []));
      return { name: candidate.name, label, skipped };
    } catch (error) {
      skipped.push({ name: candidate.packageName, reason: firstLine(error) });
    }
  }
  const reasons = skipped.map(({ reason }) => reason).join('; ');
  const remedy = tried[tried.length - 1].remedy;
  throw new BackendError(
    `${wanted ? `The backend ${wanted} is` : 'No backend is'} not available: ${reasons}. ${
      wanted === undefined ? `Get one: npm install @tensorflow/tfjs-backend-wasm` : `Get it: ${remedy}`
    }`,
  );
}

function threadsOfEnvironment(): number | undefined {
  const given = process.env['VISUAL_ECHOES_THREADS'];
  return given ? Number(given) : undefined;
}

async function trust({ name }: Candidate): Promise<void> {
  const { ok, failures } = await runSelfCheck();
  if (!ok)
    throw new BackendError(`${name} computes wrong numbers (${failures.map((f) => f.message).join('; ')})`);
}

function describe(label: string, skipped: SelectedBackend['skipped']): string {
  // What needs a GPU is rarely there: worth a word only where it is installed, and fails on one.
  const told = skipped.filter(
    ({ name, reason }) => !name.endsWith('gpu') || !/not installed$|^no GPU/.test(reason),
  );
  const why = told.map(({ reason }) => reason).join('; ');
  return `Backend: ${label}${why && ` (${why})`}`;
}
