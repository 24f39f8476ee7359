import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { PACKAGED_VERSION } from './wasm-paths.js';

it('is of the version that this repository uses', () => {
  expect(PACKAGED_VERSION).toBe(version_wasm);
});
