import { bytesSource } from '@visual-echoes/core';
import { fetchFile, folderAddress } from './fetch-file.js';
import type { ModelSource } from './model-source.js';

/**
 * A model folder at an address, read by `fetch`; `loadModel` makes it of a URL.
 * @throws FileAccessError that names the address which cannot be read.
 */
export function urlSource(
  address: string | URL,
  { signal, fetch }: { signal?: AbortSignal | undefined; fetch?: typeof globalThis.fetch } = {},
): ModelSource {
  const folder = folderAddress(address);
  const request = <T>(file: string, read: (answer: Response) => Promise<T>): Promise<T> =>
    fetchFile(new URL(file, folder).href, read, { signal, fetch });
  return {
    name: folder.href,
    readText: (file) => request(file, (answer) => answer.text()),
    withBytes: async (file, use) =>
      use(bytesSource(await request(file, async (answer) => new Uint8Array(await answer.arrayBuffer())))),
  };
}
