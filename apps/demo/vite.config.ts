import { createHash } from 'node:crypto';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const folderOf = (name: string) =>
  dirname(createRequire(import.meta.url).resolve(`@visual-echoes/model-${name}/package.json`));

/** The folders of the models that the page brings, by their names in it. */
const MODELS = { digits: folderOf('digits'), sounds: folderOf('sounds') };

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
  plugins: [modelFolders(), listFiles()],
});

/** Copies each model folder to `model/`. */
function modelFolders(): Plugin {
  const isOfModel = (name: string) =>
    /^(visual-echoes\.json|[a-z]+\.safetensors|LICENSE|ATTRIBUTION\.md)$/.test(name);
  let out = '';
  return {
    name: 'model-folders',
    apply: 'build',
    configResolved: ({ root, build }) => {
      out = join(root, build.outDir, 'model');
    },
    closeBundle: async () => {
      for (const [model, folder] of Object.entries(MODELS)) {
        await mkdir(join(out, model), { recursive: true });
        for (const name of (await readdir(folder)).filter(isOfModel))
          await cp(join(folder, name), join(out, model, name));
      }
    },
  };
}

/** Tells the service worker which files there are: those of the first screen, those that are loaded on demand, and samples. */
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
        const samples = Object.fromEntries(
          Object.keys(MODELS).map((model) => [
            model,
            names.filter((name) => isSampleOf(model, bundle[name])),
          ]),
        );
        const ofModels = new Set(Object.values(samples).flat());
        const version = createHash('sha256');
        for (const name of [...names].sort()) version.update(name);
        const files = {
          version: version.digest('hex').slice(0, 12),
          shell: [...PUBLIC, ...first],
          rest: names.filter((name) => !first.has(name) && !ofModels.has(name)),
          samples,
        };
        worker.code = `const FILES = ${JSON.stringify(files)};\n${worker.code}`;
      },
    },
  };
}

function isSampleOf(model: string, file: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean {
  return (
    file.type === 'asset' && file.originalFileNames.some((name) => name.includes(`/model-${model}/samples/`))
  );
}

/** The chunks beside it without which a chunk does not run; workers are bundled by themselves, and come as text. */
function importsOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): string[] {
  const code = file.type === 'chunk' ? file.code : file.fileName.endsWith('.js') ? String(file.source) : '';
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+)["'`]/g)].map(([, name]) => name);
}
