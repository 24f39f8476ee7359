import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_REMEDY, findBrowser } from './apps/cli/src/doctor/find-browser.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const packages = here('./packages/');

/** Tests read the packages' sources, so that nothing has to be built first. */
const sources = [
  { find: /^@visual-echoes\/([a-z-]+)$/, replacement: `${packages}$1/src/index.ts` },
  {
    find: /^@visual-echoes\/([a-z-]+)\/(node|browser|training|decode)$/,
    replacement: `${packages}$1/src/$2/index.ts`,
  },
  { find: /^visual-echoes$/, replacement: `${packages}visual-echoes/src/index.ts` },
  {
    find: /^visual-echoes\/element$/,
    replacement: `${packages}visual-echoes/src/browser/picture-sound/index.ts`,
  },
  {
    find: /^visual-echoes\/(node|browser|testing)$/,
    replacement: `${packages}visual-echoes/src/$1/index.ts`,
  },
];
const gradients = (file: string) => ({
  find: '#gradients',
  replacement: `${packages}core/src/training/${file}`,
});

const limits = { testTimeout: 60_000, hookTimeout: 60_000 };
const chromium = findBrowser();
if (!chromium) {
  console.warn(
    `No Chromium here: no test is run in a browser. Install it (${BROWSER_REMEDY}), or name it in CHROMIUM.`,
  );
}

/** With these, a page may share memory with its workers. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** What of the demo is tested in a page. */
const PAGE = ['apps/demo/src/{media,share,studio,ui}/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias: [...sources, gradients('gradients.node.ts')] },
        test: {
          ...limits,
          name: 'node',
          // Files run two at a time; those that test threads ask for them.
          env: { VISUAL_ECHOES_THREADS: '1' },
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'tools/src/**/*.test.ts',
            'tools/engines/*.test.mjs',
          ],
          exclude: ['**/backends/src/browser/**', '**/*.page.test.ts', ...PAGE, '**/node_modules/**'],
        },
      },
      {
        resolve: { alias: [...sources, gradients('gradients.node.ts')] },
        test: {
          ...limits,
          name: 'demo',
          env: { VISUAL_ECHOES_THREADS: '1' },
          include: ['apps/demo/e2e/**/*.test.ts'],
          fileParallelism: false, // each has a browser of its own
        },
      },
      ...(chromium ? [inBrowser(chromium), enginesInBrowser(chromium), pageInBrowser(chromium)] : []),
    ],
  },
});

/** The same tests in Chromium, of what must run in a page: the main entries of the packages; and those of pages alone. */
function inBrowser(executablePath: string) {
  return {
    resolve: {
      alias: [
        ...sources,
        gradients('gradients.ts'),
        { find: 'node:fs', replacement: here('./tools/browser/node-fs.ts') },
      ],
    },
    test: {
      ...limits,
      name: 'chromium',
      include: [
        'packages/{core,vq-image,vq-audio,masked-transformer,sampler,metrics}/src/**/*.test.ts',
        'packages/*/src/**/*.page.test.ts',
      ],
      exclude: ['**/node/**', '**/readme.test.ts'],
      browser: headless(executablePath),
    },
  };
}

/**
 * The engines as a page has them: WebGPU on SwiftShader, and wasm over threads, for which the page is isolated. One page
 * after the other, since they share two cores.
 */
function enginesInBrowser(executablePath: string) {
  const require = createRequire(here('./packages/backends/package.json'));
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  return {
    server: { headers: ISOLATED },
    resolve: {
      alias: [
        { find: '@visual-echoes/backends/node', replacement: here('./tools/browser/backends.ts') },
        { find: 'node:fs', replacement: here('./tools/browser/node-fs.ts') },
        ...sources,
        gradients('gradients.ts'),
      ],
    },
    test: {
      ...limits,
      name: 'engines',
      env: { WASM_PATHS: `/@fs${wasm}/dist/` },
      include: [
        'packages/backends/src/browser/**/*.test.ts',
        'tools/src/conformance/{conformance,digits-logits}.test.ts',
      ],
      fileParallelism: false,
      browser: headless(executablePath, ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']),
    },
  };
}

/** The demo's own parts, with a microphone that beeps, a camera that shows a clock, and nobody to be asked for them. */
function pageInBrowser(executablePath: string) {
  return {
    resolve: { alias: [...sources, gradients('gradients.ts')] },
    test: {
      ...limits,
      name: 'page',
      include: PAGE,
      fileParallelism: false, // some measure how long the page is held up
      browser: headless(executablePath, [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
      ]),
    },
  };
}

function headless(executablePath: string, flags: readonly string[] = []) {
  const args = [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions: { executablePath, args } }),
    instances: [{ browser: 'chromium' as const }],
  };
}
