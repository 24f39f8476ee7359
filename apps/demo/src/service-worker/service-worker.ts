/// <reference lib="webworker" />
// Keeps the page for use without a network, and isolates it on hosts that send no headers, so that it may have threads. The
// model's files are kept by the page itself.
import { ISOLATION } from './isolation.js';

declare const self: ServiceWorkerGlobalScope;
/** Written by the build: a name that changes with any file, and the files; those of models' samples by model. */
declare const FILES: { version: string; shell: string[]; rest: string[]; samples: Record<string, string[]> };

const CACHE = `page ${FILES.version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(['./', ...FILES.shell]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('page ') && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The page says so when nothing is waited for any more: what is loaded on demand is then brought too. */
self.addEventListener('message', (event) => {
  if (event.data?.type !== 'keep-the-rest') return;
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      const files = [...FILES.rest, ...(FILES.samples[event.data.model] ?? [])];
      for (const file of files) if (!(await cache.match(file))) await cache.add(file).catch(() => {});
    }),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const inside = pathname.slice(new URL(self.registration.scope).pathname.length);
  if (inside.startsWith('model/')) return; // kept by the page, by versions
  event.respondWith(answer(request, inside));
});

async function answer(request: Request, inside: string): Promise<Response> {
  const cache = await caches.open(CACHE).catch(() => undefined);
  const kept = () => cache?.match(request.mode === 'navigate' ? './' : request, { ignoreSearch: true });
  if (inside.startsWith('assets/')) {
    // Their names change with their content.
    const found = await kept();
    if (found) return isolated(found);
    const fresh = await fetch(request);
    if (fresh.ok) await cache?.put(request, fresh.clone()).catch(() => {});
    return isolated(fresh);
  }
  try {
    return isolated(await fetch(request));
  } catch (error) {
    const found = await kept();
    if (found) return isolated(found);
    throw error;
  }
}

/** The same answer with the headers of an isolated page. */
function isolated(answer: Response): Response {
  if (answer.type === 'opaque' || answer.status === 0 || answer.status === 304) return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
