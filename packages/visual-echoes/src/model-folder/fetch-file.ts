import { ConfigurationError, FileAccessError, throwIfCancelled } from '@visual-echoes/core';

/** What a request is made with. */
export interface FetchOptions {
  method?: 'GET' | 'HEAD' | undefined;
  /** As that of `RequestInit`: whether the browser's own cache may answer. */
  cache?: 'default' | 'no-cache' | undefined;
  signal?: AbortSignal | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/** The server was reached, and does not give the file. */
export class RefusedFileError extends FileAccessError {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/**
 * Asks for a file of a model folder, and has `read` take what is wanted of the answer.
 * @throws FileAccessError that names the address which cannot be read, CancelledError.
 */
export async function fetchFile<T>(
  url: string,
  read: (answer: Response) => T | Promise<T>,
  { method = 'GET', cache = 'default', signal, fetch = globalThis.fetch }: FetchOptions = {},
): Promise<T> {
  throwIfCancelled(signal);
  try {
    // TypeScript knows `cache` only together with the DOM.
    const options = { method, cache, ...(signal && { signal }) };
    const answer = await fetch(url, options);
    if (!answer.ok) {
      throw new RefusedFileError(
        `Cannot read ${url}: the server answers ${answer.status}. Check the address of the model folder.`,
        answer.status,
      );
    }
    return await read(answer);
  } catch (cause) {
    throwIfCancelled(signal);
    if (cause instanceof FileAccessError) throw cause;
    const { message, cause: deeper } = cause as Error;
    const why = deeper instanceof Error && deeper.message ? deeper.message : message;
    throw new FileAccessError(`Cannot read ${url}: ${why}. Check the address and the connection.`, { cause });
  }
}

/**
 * The address of a folder, which ends in a slash.
 * @throws ConfigurationError for what is no address, and for a relative one without a `base`.
 */
export function folderAddress(address: string | URL, base?: string): URL {
  if (!URL.canParse(String(address), base)) {
    throw new ConfigurationError(`"${address}" is not the address of a model folder (https://…/).`);
  }
  const folder = new URL(address, base);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder;
}
