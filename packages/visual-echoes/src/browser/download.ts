import { throwIfCancelled } from '@visual-echoes/core';

/** How far a download is, in bytes. */
export interface DownloadedBytes {
  loaded: number;
  /** Undefined where the server does not say it, or says how many it has packed them into. */
  total: number | undefined;
}

/** Reads the body of an answer as it comes, with word of each piece. @throws CancelledError. */
export async function download(
  answer: Response,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes: (bytes: DownloadedBytes) => void },
): Promise<Uint8Array<ArrayBuffer>> {
  const said = answer.headers.has('content-encoding') ? 0 : Number(answer.headers.get('content-length'));
  const reader = answer.body?.getReader();
  if (!reader) {
    const whole = new Uint8Array(await answer.arrayBuffer());
    onBytes({ loaded: whole.length, total: whole.length });
    return whole;
  }
  let bytes = new Uint8Array(said || 1 << 16);
  let loaded = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      throwIfCancelled(signal);
      if (done) break;
      if (loaded + value.length > bytes.length) {
        const larger = new Uint8Array(Math.max(2 * bytes.length, loaded + value.length));
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(value, loaded);
      loaded += value.length;
      // More than was said: another site's server does not tell that it packs its files.
      onBytes({ loaded, total: said >= loaded ? said : undefined });
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw error;
  }
  onBytes({ loaded, total: loaded });
  return bytes.subarray(0, loaded);
}
