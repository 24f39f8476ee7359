const VERSION = 'visual-echoes-version';
const DIGEST = 'visual-echoes-sha256';

/** A kept file. */
export interface KeptFile {
  bytes: Uint8Array<ArrayBuffer>;
  version: string;
}

/**
 * The files of one model folder in the Cache API, each of a version. What cannot be kept, or was damaged, is not there:
 * nothing here throws.
 */
export class FolderCache {
  private constructor(
    private readonly cache: Cache,
    private readonly folder: URL,
  ) {}

  /** Undefined where there is no Cache API (in a page that is not secure) or it is refused (in private windows). */
  static async open(name: string, folder: URL): Promise<FolderCache | undefined> {
    const cache = await attempt(() => caches.open(name));
    return cache && crypto.subtle ? new FolderCache(cache, folder) : undefined;
  }

  /** A file, in `version`, or in the one version that such a file is kept in. */
  read(file: string, version = ''): Promise<KeptFile | undefined> {
    const key = this.key(file, version);
    return attempt(async () => {
      const kept = await this.cache.match(key);
      if (!kept) return undefined;
      const bytes = await attempt(async () => new Uint8Array(await kept.arrayBuffer()));
      if (bytes && (await sha256(bytes)) === kept.headers.get(DIGEST)) {
        return { bytes, version: kept.headers.get(VERSION)! };
      }
      await this.cache.delete(key);
      return undefined;
    });
  }

  /** Keeps a file beside its other versions, or, `alone`, in their place; tells whether it could. */
  async write(
    file: string,
    { bytes, version }: KeptFile,
    { alone = false }: { alone?: boolean } = {},
  ): Promise<boolean> {
    const kept = await attempt(async () => {
      const headers = { [VERSION]: version, [DIGEST]: await sha256(bytes) };
      await this.cache.put(this.key(file, alone ? '' : version), new Response(bytes, { headers }));
      return true;
    });
    return kept ?? false;
  }

  /** Whether every file is kept in this version. */
  async has(files: readonly string[], version: string): Promise<boolean> {
    const found = files.map((file) => attempt(() => this.cache.match(this.key(file, version))));
    return (await Promise.all(found)).every((one) => one !== undefined);
  }

  /** Deletes what is kept of this folder in any version but these. */
  async keepOnly(versions: readonly (string | undefined)[]): Promise<void> {
    await attempt(async () => {
      for (const { url } of await this.cache.keys()) {
        const version = new URL(url).searchParams.get(VERSION);
        if (new URL('.', url).href !== this.folder.href) continue; // another model's
        if (version && !versions.includes(version)) await this.cache.delete(url);
      }
    });
  }

  /** Never the file's own address, which a service worker might answer for the network. */
  private key(file: string, version: string): string {
    return new URL(`${file}?${VERSION}=${version}`, this.folder).href;
  }
}

/** The SHA-256 of bytes or a text, in hexadecimal. */
export async function sha256(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
