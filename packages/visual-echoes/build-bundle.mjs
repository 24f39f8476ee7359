// Puts the entries for pages, with all that they need, into dist/bundle: files that a page loads without a bundler of
// its own. Engines are chunks that are fetched when they are used; the binaries of wasm lie beside them.
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleSizes } from './bundle-sizes.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const BINARIES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

const { rolldown } = await import('rolldown').catch((error) => {
  if (process.env.CI) throw error;
  console.warn(`dist/bundle is not built: ${error.message} (it needs Node 20.19 or 22.12)`);
  process.exit(0);
});

const backends = here('node_modules/@visual-echoes/backends');
rmSync(here('dist/bundle'), { recursive: true, force: true });
const bundle = await rolldown({
  input: {
    'visual-echoes': here('dist/browser/index.js'),
    element: here('dist/browser/picture-sound/index.js'),
    // It is looked for beside the file that starts it, as the binaries are.
    'thread-worker': join(backends, 'dist/browser/thread-worker.js'),
  },
  platform: 'browser',
  external: [],
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
});
const { output } = await bundle.write({
  dir: here('dist/bundle'),
  format: 'esm',
  // The names of errors are those of their classes.
  minify: { mangle: { keepNames: { class: true, function: false } }, compress: true },
  comments: false,
  postBanner: (chunk) =>
    chunk.isEntry ? '/* MIT; what it contains of others: third-party-licenses.txt */' : '',
  entryFileNames: '[name].js',
  // Engines by their names, for whoever looks at what a page fetches.
  chunkFileNames: ({ facadeModuleId }) =>
    `${/tfjs-backend-\w+|tfjs-core/.exec(facadeModuleId ?? '')?.[0] ?? '[name]'}-[hash].js`,
});
await bundle.close();
const chunks = output.filter(({ type }) => type === 'chunk');
const licenses = thirdPartyLicenses(chunks.flatMap(({ moduleIds }) => moduleIds));
writeFileSync(here('dist/bundle/third-party-licenses.txt'), licenses);
for (const file of BINARIES) copyFileSync(join(backends, 'dist/browser', file), here(`dist/bundle/${file}`));
console.log(bundleSizes(here('dist/bundle'), chunks).join('\n'));
