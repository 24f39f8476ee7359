import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { gelu, InvalidInputError, selfAttention } from '@visual-echoes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFusedKernels } from '../../fused-kernels.test.helper.js';
import { registerWasmKernels, unregisterWasmKernels, wasmKernelNames } from '../register-wasm-kernels.js';
import type { WasmBackend } from '../wasm-backend.js';
import { fusedKernels } from './index.js';

const names = fusedKernels.map(({ name }) => name);
const others = wasmKernelNames.filter((name) => !names.includes(name));

describe('our kernels for wasm', () => {
  beforeAll(async () => {
    registerWasmKernels();
    await tf.setBackend('wasm');
  });
  afterAll(unregisterWasmKernels);

  describeFusedKernels((run) => {
    unregisterWasmKernels();
    registerWasmKernels({ only: others });
    try {
      return run();
    } finally {
      unregisterWasmKernels();
      registerWasmKernels();
    }
  });

  it('refuses integers, which it would read as floats', () => {
    expect(() => tf.tidy(() => gelu(tf.tensor1d([1, 2], 'int32')))).toThrow(InvalidInputError);
  });

  it('attends to 4,096 tokens without the matrix of their weights', () => {
    const backend = tf.backend() as unknown as WasmBackend;
    const attend = (tokens: number) =>
      tf.tidy(() => selfAttention(tf.ones([1, tokens, 3 * 4 * 8]), 4).dataSync().length);
    attend(16);
    const before = backend.wasm.HEAPU8.length;
    expect(attend(4096)).toBe(4096 * 4 * 8);
    // The weights of all heads would be 268 MB.
    expect(backend.wasm.HEAPU8.length - before).toBeLessThan(32 * 2 ** 20);
  });
});
