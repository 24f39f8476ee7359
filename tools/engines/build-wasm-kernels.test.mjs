import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileModules, findClang, target } from './build-wasm-kernels.mjs';

const clang = findClang();
if (!clang)
  console.info('That the committed kernels are what their sources give is not tested: no clang 16 here.');

it.skipIf(!clang)('gives the modules that are committed', () => {
  expect(compileModules(clang)).toBe(readFileSync(target, 'utf8'));
});
