import { bytesSource, throwIfCancelled } from '@visual-echoes/core';
import { fetchFile, folderAddress, RefusedFileError } from '../model-folder/fetch-file.js';
import { MANIFEST_FILE } from '../model-folder/manifest.js';
import type { ModelSource } from '../model-folder/model-source.js';
import { type DownloadedBytes, download } from './download.js';
import { FolderCache, sha256 } from './folder-cache.js';
import { pageAddress } from './page-address.js';

/** How far the download of a weight file is. */
export interface DownloadedFile extends DownloadedBytes {
  file: string;
  /** How many weight files the model has. */
  files: number;
}

/** Options of `cachedSource`. */
export interface CachedSourceOptions {
  /** The name of the cache; false keeps nothing. 'visual-echoes'. */
  cache?: string | false | undefined;
  /** Ends a download with a `CancelledError`. */
  signal?: AbortSignal | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Receives how far each weight file is, as it streams in; what was kept comes at once. */
  onBytes?: ((downloaded: DownloadedFile) => void) | undefined;
}

/** A model folder whose files are kept. */
export interface CachedSource extends ModelSource {
  /** Waits until what was read so far is kept, or cannot be. */
  whenKept(): Promise<void>;
}

/** What was found when the manifest was read. */
interface FoundModel {
  text: string;
  files: readonly string[];
  kept: FolderCache | undefined;
  /** Of all its files together. */
  version: string;
  /** Whether its files are all kept, so that the model can be had offline. */
  whole: boolean;
}

/**
 * A model folder at an address, whose files are kept in the Cache API for the next visit, and for use offline. The
 * manifest is asked of the network first. A weight file is taken from the cache where it belongs to this very manifest,
 * and its server still gives it with the same ETag, date and size; other versions are deleted once a new one is whole.
 * Where the cache fails, only the cache is lost.
 *
 * @param address may be relative to the page.
 * @throws FileAccessError that names the address which cannot be read; ConfigurationError for what is no address.
 *
 * @example
 * const model = await loadModel(cachedSource('/models/digits/', { onBytes: console.info }));
 */
export function cachedSource(
  address: string | URL,
  { cache = 'visual-echoes', signal, fetch, onBytes = () => {} }: CachedSourceOptions = {},
): CachedSource {
  const folder = folderAddress(address, pageAddress());
  // The browser's own cache may hold an older file than the version that was just asked for.
  const fresh = { cache: 'no-cache', signal, fetch } as const;
  const addressOf = (file: string) => new URL(file, folder).href;

  async function find(): Promise<FoundModel> {
    const kept = cache === false ? undefined : await FolderCache.open(cache, folder);
    const before = await kept?.read(MANIFEST_FILE);
    const keptText = before && new TextDecoder().decode(before.bytes);
    let text: string;
    try {
      text = await fetchFile(addressOf(MANIFEST_FILE), (answer) => answer.text(), fresh);
    } catch (error) {
      throwIfCancelled(signal);
      const gone = error instanceof RefusedFileError && error.status < 500;
      if (!before || gone) throw error;
      return { text: keptText!, files: weightFiles(keptText!), kept, version: before.version, whole: true };
    }
    const files = weightFiles(text);
    const marks = kept && (await Promise.all(files.map(markOf)));
    throwIfCancelled(signal);
    const version = marks?.every((mark) => mark !== undefined)
      ? await sha256([text, ...marks].join('\n'))
      : // Nothing tells changed files from these: only a whole set under the same manifest counts.
        before && keptText === text && (await kept!.has(files, before.version))
        ? before.version
        : String(Math.random());
    await kept?.keepOnly([before?.version, version]);
    return { text, files, kept, version, whole: before?.version === version };
  }

  /** What tells that a file on the server is another now; undefined where nothing does. */
  async function markOf(file: string): Promise<string | undefined> {
    const read = ({ headers }: Response) => {
      const marks = ['etag', 'last-modified'].map((name) => headers.get(name));
      return marks.some((mark) => mark) ? [...marks, headers.get('content-length')].join(' ') : undefined;
    };
    return fetchFile(addressOf(file), read, { ...fresh, method: 'HEAD' }).catch(() => undefined);
  }

  async function keep(file: string, bytes: Uint8Array<ArrayBuffer>, model: FoundModel): Promise<void> {
    const { kept, version } = model;
    if (!kept || (await kept.write(file, { bytes, version }))) return;
    // Perhaps there is room for it without those before it.
    await kept.keepOnly([version]);
    await kept.write(file, { bytes, version });
  }

  /** Makes this version the one that is used offline, once all of it is kept. */
  async function settle(model: FoundModel): Promise<void> {
    const { kept, files, version, text, whole } = model;
    if (!kept || whole || !(await kept.has(files, version))) return;
    const bytes = new TextEncoder().encode(text);
    model.whole = await kept.write(MANIFEST_FILE, { bytes, version }, { alone: true });
    if (model.whole) await kept.keepOnly([version]);
  }

  let found: Promise<FoundModel> | undefined;
  let keeping: Promise<void> = Promise.resolve();

  return {
    name: folder.href,
    readText: async (file) => {
      if (file !== MANIFEST_FILE) return fetchFile(addressOf(file), (answer) => answer.text(), fresh);
      found = find();
      return (await found).text;
    },
    withBytes: async (file, use) => {
      found ??= find();
      const model = await found;
      const tell = (bytes: DownloadedBytes) => onBytes({ file, files: model.files.length, ...bytes });
      const kept = await model.kept?.read(file, model.version);
      throwIfCancelled(signal);
      if (kept) tell({ loaded: kept.bytes.length, total: kept.bytes.length });
      const bytes =
        kept?.bytes ??
        (await fetchFile(addressOf(file), (answer) => download(answer, { signal, onBytes: tell }), fresh));
      // Nobody waits for it: a cache that hangs must not hold up the model.
      keeping = keeping.then(() => (kept ? undefined : keep(file, bytes, model))).then(() => settle(model));
      return use(bytesSource(bytes));
    },
    whenKept: () => keeping,
  };
}

/** The weight files that a manifest names; none where it is no manifest, which whoever loads it will say. */
function weightFiles(manifest: string): string[] {
  const files: string[] = [];
  try {
    JSON.parse(manifest, (key, value) => {
      if (key === 'weights' && typeof value === 'string') files.push(value);
      return value;
    });
  } catch {
    return [];
  }
  return [...new Set(files)];
}
