import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findPackage, hasNativeBinding } from '../../../packages/backends/src/node/optional-package.js';

const tfjsNode = findPackage('@tensorflow/tfjs-node');
const works = tfjsNode && hasNativeBinding(tfjsNode);
if (!works)
  console.warn('The end of processes with tensorflow is not tested: pnpm engine:tensorflow builds it.');

/** Ends while the threads of the kernels still look for work. */
const PROGRAM = `
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@visual-echoes/backends/node';
import { linear } from '@visual-echoes/core';
await selectBackend({ prefer: 'tensorflow', selfCheck: false });
for (let i = 0; i < 3; i++) linear(tf.ones([300, 256]), tf.ones([256, 1024]));
process.exit(3);
`;

describe.skipIf(!works)('a process that ends right after an operation on tensorflow', () => {
  it.each([1, 2, 3, 4])('ends as it wants to, %i', async () => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const arguments_ = ['--input-type=module', '-e', PROGRAM];
    const end = await promisify(execFile)(process.execPath, arguments_, { cwd }).catch((error) => error);
    expect(end).toMatchObject({ code: 3, signal: null });
  });
});
