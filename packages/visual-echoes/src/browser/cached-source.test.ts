import { setTimeout as wait } from 'node:timers/promises';
import { FileAccessError } from '@visual-echoes/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CachedSourceOptions, cachedSource } from './cached-source.js';
import { FakeCaches } from './fake-caches.test.helper.js';

const FOLDER = 'https://example.org/models/one/';
const MANIFEST = 'visual-echoes.json';

/** A server of a model of two weight files. */
class FakeServer {
  online = true;
  /** Whether its answers name the version of a file. */
  marks = true;
  requests: string[] = [];
  files: Record<string, string> = {};
  /** Called before an answer. */
  before: (file: string, signal?: AbortSignal | null) => unknown = () => undefined;

  constructor(model: string) {
    this.deploy(model);
  }

  deploy(model: string, manifest = model): void {
    this.files = {
      [MANIFEST]: JSON.stringify({ name: manifest, parts: { a: { weights: 'a' }, b: { weights: 'b' } } }),
      a: `a of ${model}`,
      b: `b of ${model}`,
    };
  }

  readonly fetch = (async (url: string, { method, signal }: RequestInit) => {
    const file = url.replace(FOLDER, '');
    await this.before(file, signal);
    signal?.throwIfAborted();
    if (!this.online) throw new TypeError('Failed to fetch');
    this.requests.push(`${method} ${file}`);
    if (!(file in this.files)) return new Response('not here', { status: 404 });
    const body = new TextEncoder().encode(this.files[file]);
    const headers = {
      'content-length': `${body.length}`,
      ...(this.marks && { etag: `"${this.files[file]}"` }),
    };
    return new Response(method === 'HEAD' ? null : body, { headers });
  }) as typeof fetch;

  /** The weight files that were downloaded since it was last asked. */
  downloads(): string[] {
    const found = this.requests.filter((one) => one.startsWith('GET') && !one.endsWith(MANIFEST));
    this.requests = [];
    return found.map((one) => one.slice(4));
  }
}

let kept: FakeCaches;
let server: FakeServer;
beforeEach(() => {
  kept = new FakeCaches();
  vi.stubGlobal('caches', kept);
  server = new FakeServer('first');
});
afterEach(() => vi.unstubAllGlobals());

/** Reads the whole model as `loadModel` does; then waits until the cache is at rest, or so many milliseconds. */
async function visit(options: CachedSourceOptions = {}, longest = 10_000): Promise<string[]> {
  const source = cachedSource(FOLDER, { fetch: server.fetch, ...options });
  const read: string[] = [JSON.parse(await source.readText(MANIFEST)).name];
  for (const file of ['a', 'b']) {
    await source.withBytes(file, async (bytes) => {
      read.push(new TextDecoder().decode(await bytes.read(0, bytes.size)));
    });
  }
  await Promise.race([source.whenKept(), wait(longest, undefined, { ref: false })]);
  return read;
}

const FIRST = ['first', 'a of first', 'b of first'];
const SECOND = ['second', 'a of second', 'b of second'];

describe('a cached source', () => {
  it('takes the files of the next visit from the cache, and only asks whether they are the same', async () => {
    expect(await visit()).toEqual(FIRST);
    expect(server.downloads()).toEqual(['a', 'b']);
    expect(await visit()).toEqual(FIRST);
    expect(server.requests.sort()).toEqual([`GET ${MANIFEST}`, 'HEAD a', 'HEAD b']);
  });

  it('works offline after one visit', async () => {
    await visit();
    server.online = false;
    expect(await visit()).toEqual(FIRST);
  });

  it('is of no use offline before', async () => {
    server.online = false;
    await expect(visit()).rejects.toThrow(FileAccessError);
    await expect(visit()).rejects.toThrow(/visual-echoes\.json: Failed to fetch/);
  });

  it('keeps to the network where the server says that the model is gone, not where the server is down', async () => {
    await visit();
    const status = (code: number) => async () => new Response('no', { status: code });
    await expect(visit({ fetch: status(404) })).rejects.toThrow(/answers 404/);
    expect(await visit({ fetch: status(503) })).toEqual(FIRST);
  });

  it('takes a new model whole, and deletes the old one', async () => {
    await visit();
    server.deploy('second');
    server.downloads();
    expect(await visit()).toEqual(SECOND);
    expect(server.downloads()).toEqual(['a', 'b']);
    expect(kept.entries.size).toBe(3);
    server.online = false;
    expect(await visit()).toEqual(SECOND);
  });

  it('notices new weights under the same manifest', async () => {
    await visit();
    server.deploy('second', 'first');
    expect(await visit()).toEqual(['first', 'a of second', 'b of second']);
  });

  it.each([true, false])(
    'mixes no old and new files after half a visit (files are marked: %s)',
    async (marks) => {
      server.marks = marks;
      const source = cachedSource(FOLDER, { fetch: server.fetch });
      await source.readText(MANIFEST);
      await source.withBytes('a', async () => undefined);
      await source.whenKept();
      expect(kept.entries.size).toBe(1);
      server.deploy('second', 'first');
      expect(await visit()).toEqual(['first', 'a of second', 'b of second']);
      expect(kept.entries.size).toBe(3);
      server.downloads();
      expect(await visit()).toEqual(['first', 'a of second', 'b of second']);
      expect(server.downloads()).toEqual([]);
    },
  );

  it('keeps the old model for use offline until the new one is whole', async () => {
    await visit();
    server.deploy('second');
    const source = cachedSource(FOLDER, { fetch: server.fetch });
    await source.readText(MANIFEST);
    await source.withBytes('a', async () => undefined);
    await source.whenKept();
    server.online = false;
    expect(await visit()).toEqual(FIRST);
  });

  it('leaves other models alone', async () => {
    kept.entries.set('https://example.org/models/one/two/a?visual-echoes-version=1', {
      body: new Uint8Array(1),
      headers: [],
    });
    await visit();
    expect(kept.entries.size).toBe(4);
  });

  it('keeps nothing where it is told to', async () => {
    await visit({ cache: false });
    expect(kept.entries.size).toBe(0);
    expect(server.requests).toEqual([`GET ${MANIFEST}`, 'GET a', 'GET b']);
  });

  it('says what is no address', () => {
    expect(() => cachedSource('models/one')).toThrow(/"models\/one" is not the address of a model folder/);
  });
});

describe('a cache that fails costs only the cache', () => {
  const broken = (...actions: string[]) => {
    kept.before = (action) => {
      if (actions.includes(action)) throw new DOMException('no', 'QuotaExceededError');
    };
  };

  it('where there is none', async () => {
    vi.stubGlobal('caches', undefined);
    expect(await visit()).toEqual(FIRST);
  });

  it.each([['open'], ['match'], ['put'], ['delete'], ['keys'], ['match', 'put', 'delete', 'keys']])(
    'where %s fails',
    async (...actions) => {
      broken(...actions);
      expect(await visit()).toEqual(FIRST);
      expect(await visit()).toEqual(FIRST);
    },
  );

  it('where a file finds no room half-way: the old model makes room', async () => {
    await visit();
    server.deploy('second');
    kept.before = (action, key) => {
      if (action === 'put' && kept.entries.size >= 3 && !kept.entries.has(key))
        throw new DOMException('full', 'QuotaExceededError');
    };
    expect(await visit()).toEqual(SECOND);
    expect([...kept.entries.values()].map(({ body }) => new TextDecoder().decode(body)).sort()).toEqual(
      [...SECOND.slice(1), server.files[MANIFEST]].sort(),
    );
  });

  it('where it hangs while it keeps a file', async () => {
    kept.before = (action) => (action === 'put' ? new Promise(() => undefined) : undefined);
    expect(await visit({}, 100)).toEqual(FIRST);
  });

  it.each([
    ['a flipped bit', (body: Uint8Array<ArrayBuffer>) => body.map((byte, i) => (i === 0 ? byte ^ 1 : byte))],
    ['a missing end', (body: Uint8Array<ArrayBuffer>) => body.slice(0, -1)],
    ['nothing', () => new Uint8Array(0)],
  ])('where what it kept is damaged: %s', async (_what, damage) => {
    await visit();
    for (const entry of kept.entries.values()) entry.body = damage(entry.body);
    server.downloads();
    expect(await visit()).toEqual(FIRST);
    expect(server.downloads()).toEqual(['a', 'b']);
    expect(await visit()).toEqual(FIRST);
    expect(server.downloads()).toEqual([]);
  });
});

describe('a download', () => {
  const streamed = (pieces: string[], headers: Record<string, string>) =>
    (async (url: string) => {
      if (url.endsWith(MANIFEST)) return new Response(server.files[MANIFEST]);
      const body = new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
          controller.close();
        },
      });
      return new Response(body, { headers });
    }) as typeof fetch;

  it.each([
    ['with its length', { 'content-length': '6' }, [6, 6, 6, 6]],
    ['without a length', {}, [undefined, undefined, undefined, 6]],
    ['with the length of what it was packed into', { 'content-length': '3' }, [3, undefined, undefined, 6]],
    [
      'that is said to be packed',
      { 'content-encoding': 'gzip', 'content-length': '3' },
      [undefined, undefined, undefined, 6],
    ],
  ])('%s tells its bytes as they come', async (_what, headers, totals) => {
    const told: unknown[] = [];
    const source = cachedSource(FOLDER, {
      fetch: streamed(['ab', 'cd', 'ef'], headers as Record<string, string>),
      onBytes: (bytes) => told.push(bytes),
    });
    await source.withBytes('a', async (bytes) => {
      expect(new TextDecoder().decode(await bytes.read(0, bytes.size))).toBe('abcdef');
    });
    expect(told).toEqual(
      [2, 4, 6, 6].map((loaded, i) => ({ file: 'a', files: 2, loaded, total: totals[i] })),
    );
  });

  it('ends in the middle where it is cancelled', async () => {
    const stop = new AbortController();
    const source = cachedSource(FOLDER, {
      signal: stop.signal,
      fetch: streamed(['ab', 'cd', 'ef'], {}),
      onBytes: () => stop.abort(),
    });
    const reading = source.withBytes('a', async () => undefined);
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await source.whenKept();
    expect(kept.entries.size).toBe(0);
  });

  it('ends where it is cancelled before its answer comes', async () => {
    const stop = new AbortController();
    server.before = () => stop.abort();
    await expect(visit({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
