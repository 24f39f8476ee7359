import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages/', import.meta.url));

/** Tests read the packages' sources, so that nothing has to be built first. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@visual-echoes\/([a-z-]+)$/, replacement: `${packages}$1/src/index.ts` },
      {
        find: /^@visual-echoes\/([a-z-]+)\/(node|browser|training|decode)$/,
        replacement: `${packages}$1/src/$2/index.ts`,
      },
      { find: '#gradients', replacement: `${packages}core/src/training/gradients.node.ts` },
      { find: /^visual-echoes$/, replacement: `${packages}visual-echoes/src/index.ts` },
      {
        find: /^visual-echoes\/(node|browser|testing)$/,
        replacement: `${packages}visual-echoes/src/$1/index.ts`,
      },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'tools/src/**/*.test.ts',
      'tools/engines/*.test.mjs',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
