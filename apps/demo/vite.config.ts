import { createHash } from 'node:crypto';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

/** The folder of the model that the page brings. */
const MODEL = dirname(createRequire(import.meta.url).resolve('@visual-echoes/model-digits/package.json'));

const SERVICE_WORKER = 'service-worker';
/** What of `public/` the first screen uses. */
const PUBLIC = ['theme.js', 'icon.svg'];

export default defineConfig({
  base: './', // any sub-path
  build: {
    target: 'esnext',
    assetsInlineLimit: 0, // the page's policy allows no data
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', [SERVICE_WORKER]: 'src/service-worker/service-worker.ts' },
      output: {
        // A service worker has one address for good.
        entryFileNames: ({ name }) => (name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  plugins: [modelFolder(), listFiles()],
});

/** Copies the model folder to `model/`. */
function modelFolder(): Plugin {
  const isOfModel = (name: string) => /(^visual-echoes\.json|^[a-z]+\.safetensors|^LICENSE)$/.test(name);
  let out = '';
  return {
    name: 'model-folder',
    apply: 'build',
    configResolved: ({ root, build }) => {
      out = join(root, build.outDir, 'model');
    },
    closeBundle: async () => {
      await mkdir(out, { recursive: true });
      for (const name of (await readdir(MODEL)).filter(isOfModel))
        await cp(join(MODEL, name), join(out, name));
    },
  };
}

/** Tells the service worker which files there are: those of the first screen, and those that are loaded on demand. */
function listFiles(): Plugin {
  return {
    name: 'list-files',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[`${SERVICE_WORKER}.js`];
        if (worker?.type !== 'chunk') return;
        const page = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === 'index');
        const names = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        const first = new Set(
          names.filter(
            (name) => name === page?.fileName || /\.css$|engine\.worker|thread-worker|wasm-simd/.test(name),
          ),
        );
        // A worker does not start without what it imports. Sets grow while one goes over them.
        for (const name of first) for (const other of importsOf(bundle[name])) first.add(`assets/${other}`);
        const version = createHash('sha256');
        for (const name of [...names].sort()) version.update(name);
        const files = {
          version: version.digest('hex').slice(0, 12),
          shell: [...PUBLIC, ...first],
          rest: names.filter((name) => !first.has(name)),
        };
        worker.code = `const FILES = ${JSON.stringify(files)};\n${worker.code}`;
      },
    },
  };
}

/** The chunks beside it without which a chunk does not run; workers are bundled by themselves, and come as text. */
function importsOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): string[] {
  const code = file.type === 'chunk' ? file.code : file.fileName.endsWith('.js') ? String(file.source) : '';
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+)["'`]/g)].map(([, name]) => name);
}
