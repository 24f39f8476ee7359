#!/usr/bin/env node
// Serves the built page: npm run demo, or node apps/demo/server/serve.mjs [--port 5173] [--plain]
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.wasm': 'application/wasm',
};

/** What the page asks for by itself in its `meta`, and what workers have only by a header. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** With these the page may share memory with its threads; without, its service worker adds them from the second visit on. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * A server of `folder` under `path`; it listens on this machine alone.
 * @param plain as a host does that knows nothing of the page: no headers, no compression.
 * @param onSent is told what each answer weighed, compressed where it was.
 */
export async function serve({ folder = DIST, port = 0, path = '/', plain = false, onSent = () => {} } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const inside = pathname.startsWith(path) ? normalize(decode(pathname.slice(path.length))) : '..';
    const file = join(folder, inside === '.' || inside === '' ? 'index.html' : inside);
    const found = inside.startsWith('..') ? undefined : await stat(file).catch(() => undefined);
    if (!found?.isFile() || !['GET', 'HEAD'].includes(request.method)) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is nothing here.');
      return;
    }
    const hashed = /-[\w-]{8}\.\w+$/.test(file);
    const headers = {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(!plain && { ...ISOLATION, 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' }),
    };
    const packed =
      !plain &&
      /\.(html|js|css|json|svg|wasm)$/.test(file) &&
      /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    response.writeHead(200, {
      ...headers,
      ...(packed
        ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }
        : { 'Content-Length': found.size }),
    });
    if (request.method === 'HEAD') return response.end();
    const stream = createReadStream(file);
    stream.on('error', () => response.destroy());
    const body = packed ? stream.pipe(createGzip()) : stream;
    let bytes = 0;
    body.on('data', (piece) => {
      bytes += piece.length;
    });
    body.on('end', () => onSent(inside, bytes));
    body.pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = `http://localhost:${server.address().port}${path}`;
  return {
    address,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '..';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '5173' }, plain: { type: 'boolean', default: false } },
  });
  try {
    await stat(join(DIST, 'index.html'));
    const { address } = await serve({ port: Number(values.port), plain: values.plain });
    console.log(`Visual Echoes is at ${address}  (Ctrl-C ends it)`);
  } catch (error) {
    const remedy = {
      ENOENT: 'The page is not built yet. Run: npm run demo',
      EADDRINUSE: `The port ${values.port} is taken. Name another one: npm run demo -- --port 8080`,
    };
    console.error(`error: ${remedy[error.code] ?? error.message}`);
    process.exitCode = 1;
  }
}
