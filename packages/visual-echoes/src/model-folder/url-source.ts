import { bytesSource, FileAccessError, throwIfCancelled } from '@visual-echoes/core';
import type { ModelSource } from './model-source.js';

/**
 * A model folder at an address, read by `fetch`; `loadModel` makes it of a URL.
 * @throws FileAccessError that names the address which cannot be read.
 */
export function urlSource(
  address: string | URL,
  {
    signal,
    fetch = globalThis.fetch,
  }: { signal?: AbortSignal | undefined; fetch?: typeof globalThis.fetch } = {},
): ModelSource {
  const folder = new URL(address);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  const request = async <T>(file: string, read: (answer: Response) => Promise<T>): Promise<T> => {
    const url = new URL(file, folder).href;
    try {
      const answer = await fetch(url, { signal });
      if (!answer.ok) {
        throw new FileAccessError(
          `Cannot read ${url}: the server answers ${answer.status}. Check the address of the model folder.`,
        );
      }
      return await read(answer);
    } catch (cause) {
      throwIfCancelled(signal);
      if (cause instanceof FileAccessError) throw cause;
      const { message, cause: deeper } = cause as Error;
      const why = deeper instanceof Error && deeper.message ? deeper.message : message;
      throw new FileAccessError(`Cannot read ${url}: ${why}. Check the address and the connection.`, {
        cause,
      });
    }
  };
  return {
    name: folder.href,
    readText: (file) => request(file, (answer) => answer.text()),
    withBytes: async (file, use) =>
      use(bytesSource(await request(file, async (answer) => new Uint8Array(await answer.arrayBuffer())))),
  };
}
