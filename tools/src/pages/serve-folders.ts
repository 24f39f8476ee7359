import { readFile, stat } from 'node:fs/promises';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** A server of files, as plain as they come. */
export interface FileServer {
  /** Without a slash at its end. */
  address: string;
  /** The paths that were asked for, in order. */
  requests: string[];
  close(): Promise<void>;
}

/**
 * Serves folders of the disk under the paths that begin with their keys, the longest that fits, and every file with
 * `headers`, on a port of its own.
 */
export async function serveFolders(
  folders: Record<string, string>,
  headers: OutgoingHttpHeaders = {},
): Promise<FileServer> {
  const requests: string[] = [];
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async ({ url = '/', method }, answer) => {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    requests.push(`${method} ${path}`);
    const prefix = prefixes.find((one) => path.startsWith(one));
    try {
      if (prefix === undefined || path.includes('..')) throw new Error('not served');
      const file = join(
        folders[prefix],
        path.slice(prefix.length) + (path.endsWith('/') ? 'index.html' : ''),
      );
      const { mtime } = await stat(file);
      const body = await readFile(file);
      answer.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Length': body.length,
        'Last-Modified': mtime.toUTCString(),
        ...headers,
      });
      answer.end(method === 'HEAD' ? undefined : body);
    } catch {
      answer.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
