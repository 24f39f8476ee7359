import { selectBackend as select } from '@visual-echoes/backends/browser';
import { BackendError } from '@visual-echoes/core';

/** In a page, what tests take from `@visual-echoes/backends/node`: wasm has two threads there. */
export async function selectBackend({ prefer }: { prefer: string }): Promise<unknown> {
  if (prefer === 'tensorflow') throw new BackendError('tensorflow runs in Node alone');
  const wasmPaths = (import.meta as ImportMeta & { env: Record<string, string> }).env['WASM_PATHS'];
  return select({ prefer: prefer as 'cpu', selfCheck: false, threads: 2, wasmPaths });
}
