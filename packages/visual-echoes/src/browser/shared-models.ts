import { CancelledError } from '@visual-echoes/core';
import { folderAddress } from '../model-folder/fetch-file.js';
import type { VisualEchoes } from '../visual-echoes.js';
import { type LoadModelInPageOptions, loadModel } from './load-model.js';
import { pageAddress } from './page-address.js';

/** A model that is loaded, or being loaded, for all who ask for it. */
interface SharedModel {
  model: Promise<VisualEchoes>;
  /** Those who wait for it, each with whom to tell of the progress. */
  waiting: Set<(share: number) => void>;
  stop: AbortController;
  loaded: boolean;
}

const models = new Map<string, SharedModel>();

/**
 * The model at an address, which is loaded once and kept. Who cancels no longer waits for it; it is given up where
 * nobody does. One that fails is loaded again for the next who asks.
 *
 * @param load makes the model; `loadModel`.
 */
export async function sharedModel(
  address: string | URL,
  { signal, onProgress = () => {}, ...options }: LoadModelInPageOptions = {},
  load: typeof loadModel = loadModel,
): Promise<VisualEchoes> {
  const { href } = folderAddress(address, pageAddress());
  const cancelled = () => new CancelledError('Cancelled by the caller.', { cause: signal?.reason });
  if (signal?.aborted) throw cancelled();
  const shared = models.get(href) ?? begin(href, options, load);
  if (shared.loaded) return shared.model;
  const wait = (share: number) => onProgress(share);
  shared.waiting.add(wait);
  let leave = () => {};
  try {
    return await new Promise<VisualEchoes>((resolve, reject) => {
      leave = () => reject(cancelled());
      signal?.addEventListener('abort', leave);
      shared.model.then(resolve, reject);
    });
  } finally {
    signal?.removeEventListener('abort', leave);
    shared.waiting.delete(wait);
    if (!shared.loaded && shared.waiting.size === 0) give(href, shared);
  }
}

/**
 * Frees the model at an address, or every one that was kept; the next call loads it again. Not while one is in use.
 *
 * @example
 * await releaseModels('/models/digits/');
 */
export async function releaseModels(address?: string | URL): Promise<void> {
  const wanted = address === undefined ? undefined : folderAddress(address, pageAddress()).href;
  for (const [href, shared] of models) {
    if (wanted !== undefined && href !== wanted) continue;
    give(href, shared);
    if (shared.loaded) (await shared.model).dispose();
  }
}

function begin(href: string, options: LoadModelInPageOptions, load: typeof loadModel): SharedModel {
  const stop = new AbortController();
  const waiting: SharedModel['waiting'] = new Set();
  const onProgress = (share: number) => {
    for (const tell of waiting) tell(share);
  };
  const model = load(href, { ...options, signal: stop.signal, onProgress });
  const shared: SharedModel = { model, waiting, stop, loaded: false };
  models.set(href, shared);
  model.then(
    (ready) => {
      shared.loaded = models.get(href) === shared;
      if (!shared.loaded) ready.dispose(); // nobody waits for it any more
    },
    () => give(href, shared),
  );
  return shared;
}

function give(href: string, shared: SharedModel): void {
  if (models.get(href) === shared) models.delete(href);
  if (!shared.loaded) shared.stop.abort();
}
