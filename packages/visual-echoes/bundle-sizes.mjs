import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ENTRY = 'visual-echoes.js';

/** What a page fetches of a bundle, gzip in KB: the entry with all that it imports, and what others need beyond it. */
export function bundleSizes(folder, chunks) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const withImports = (file, found = new Set()) => {
    if (found.has(file)) return found;
    found.add(file);
    for (const one of byName.get(file)?.imports ?? []) withImports(one, found);
    return found;
  };
  const sizeOf = (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
  const line = (files, name) => {
    const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
    return `${String(Math.round(bytes / 1000)).padStart(5)} KB  ${name}`;
  };
  const first = withImports(ENTRY);
  const beyond = (file) => [...withImports(file)].filter((one) => !first.has(one));
  const engines = readdirSync(folder).filter((file) => /^tfjs-backend-.*\.js$/.test(file));
  return [
    line([...first], ENTRY),
    line(beyond('element.js'), 'more with element.js'),
    ...engines.map((file) => {
      const engine = /^tfjs-backend-([a-z]+)/.exec(file)[1];
      const binaries = engine === 'wasm' ? ['tfjs-backend-wasm-simd.wasm'] : [];
      return line([...beyond(file), ...binaries], `more with ${engine}`);
    }),
  ];
}
