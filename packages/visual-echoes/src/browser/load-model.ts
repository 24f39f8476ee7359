import { type BackendName, type SelectedBackend, selectBackend } from '@visual-echoes/backends/browser';
import { throwIfCancelled } from '@visual-echoes/core';
import { type LoadModelOptions, loadModel as load } from '../model-folder/load-model.js';
import type { ModelSource } from '../model-folder/model-source.js';
import type { VisualEchoes } from '../visual-echoes.js';
import { cachedSource, type DownloadedFile } from './cached-source.js';
import { neverBack } from './never-back.js';

/** Options of `loadModel` in a page. */
export interface LoadModelInPageOptions extends LoadModelOptions {
  /** `webgpu`, `wasm`, `webgl` or `cpu`; the fastest that works, where it is left out. */
  backend?: BackendName | undefined;
  /** Of `wasm`, where the page is cross-origin isolated. As many as cores, at most 8. */
  threads?: number | undefined;
  /** Where the binaries of tfjs-backend-wasm lie: a folder's address, or one for each file. */
  wasmPaths?: string | Record<string, string> | undefined;
  /** The name of the cache that keeps the model for the next visit; false keeps nothing. 'visual-echoes'. */
  cache?: string | false | undefined;
  /** Receives the one line that says which backend was picked, and why nothing faster was. */
  onMessage?: ((line: string) => void) | undefined;
  /** Receives the same for a program, before the model is loaded. */
  onBackend?: ((selected: SelectedBackend) => void) | undefined;
}

/** How much of a weight file's share of the progress is its download; the rest is what the engine makes of it. */
const DOWNLOAD = 0.9;
/** The size that a file is taken for where its server says none. */
const USUAL_BYTES = 4e6;

/**
 * Chooses the fastest TensorFlow.js backend that works in this page or Web Worker, and loads a model folder onto it,
 * which is kept in a cache for the next visit.
 *
 * @param source an address, which may be relative to the page, or any `ModelSource`.
 * @throws BackendError, FileAccessError, ConfigurationError, CheckpointError.
 *
 * @example
 * import { loadModel } from 'visual-echoes/browser';
 * const model = await loadModel('/models/digits/', { onProgress: (share) => (bar.value = share) });
 */
export async function loadModel(
  source: string | URL | ModelSource,
  {
    backend,
    threads,
    wasmPaths,
    cache = 'visual-echoes',
    onMessage,
    onBackend = () => {},
    onProgress,
    signal,
    ...options
  }: LoadModelInPageOptions = {},
): Promise<VisualEchoes> {
  throwIfCancelled(signal);
  const report = neverBack(onProgress);
  const begun = new Set<string>();
  const onBytes = ({ file, files, loaded, total }: DownloadedFile) => {
    begun.add(file);
    const share = total === undefined ? loaded / (loaded + USUAL_BYTES) : loaded / total;
    report((begun.size - 1 + DOWNLOAD * share) / files);
  };
  const files =
    typeof source === 'string' || source instanceof URL
      ? cachedSource(source, { cache, signal, onBytes })
      : source;
  onBackend(await selectBackend({ prefer: backend, threads, wasmPaths, onMessage }));
  return load(files, { signal, onProgress: report, ...options });
}
