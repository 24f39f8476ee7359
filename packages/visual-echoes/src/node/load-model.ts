import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { GriffinLimThreads } from '@visual-echoes/vq-audio/node';
import { createVocoder } from '../codecs/create-vocoder.js';
import { type LoadModelOptions, loadModel as load } from '../model-folder/load-model.js';
import type { ModelSource } from '../model-folder/model-source.js';
import type { VisualEchoes } from '../visual-echoes.js';
import { findModel } from './find-model.js';
import { folderSource } from './folder-source.js';

/** Options of `loadModel` in Node. */
export interface LoadModelInNodeOptions extends LoadModelOptions {
  /** `tensorflow`, `wasm` or `cpu`; the fastest that works, where it is left out. */
  backend?: BackendName | undefined;
  /** Receives the one line that says which backend was picked, and why nothing faster was. */
  onMessage?: ((line: string) => void) | undefined;
}

/**
 * Chooses the fastest TensorFlow.js backend that works here, and loads a model folder onto it. Sounds that
 * Griffin–Lim makes together are made in threads.
 *
 * @param source a path, an address, the name of an installed package, or any `ModelSource`.
 * @throws BackendError, FileAccessError, ConfigurationError, CheckpointError.
 *
 * @example
 * import { loadModel } from 'visual-echoes/node';
 * const model = await loadModel('@visual-echoes/model-digits');
 */
export async function loadModel(
  source: string | URL | ModelSource,
  { backend, onMessage, ...options }: LoadModelInNodeOptions = {},
): Promise<VisualEchoes> {
  const found = resolveSource(source);
  await selectBackend({ prefer: backend, onMessage });
  return load(found, {
    createVocoder: (mel, settings, state) =>
      settings.type === 'griffin-lim'
        ? new GriffinLimThreads(mel, settings)
        : createVocoder(mel, settings, state),
    ...options,
  });
}

function resolveSource(source: string | URL | ModelSource): string | URL | ModelSource {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  return /^https?:/.test(String(source)) ? source : folderSource(findModel(source));
}
