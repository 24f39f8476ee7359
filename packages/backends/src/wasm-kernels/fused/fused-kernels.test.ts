import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { gelu, InvalidInputError, selfAttention } from '@visual-echoes/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeFusedKernels } from '../../fused-kernels.test.helper.js';
import {
  fusedWasmKernelNames,
  registerWasmKernels,
  unregisterWasmKernels,
  wasmKernelNames,
} from '../register-wasm-kernels.js';
import type { WasmBackend } from '../wasm-backend.js';

const others = wasmKernelNames.filter((name) => !fusedWasmKernelNames.includes(name));

/** Puts some bytes behind all that is allocated in the heap, and counts the areas where they were written over. */
class HeapGuard {
  private readonly ends = new Map<number, number>();
  private found = 0;

  constructor(private readonly backend: WasmBackend) {
    const { wasm } = backend;
    wasm._free(wasm._malloc(8)); // at their first call they replace themselves
    const { _malloc: allocate, _free: free } = wasm;
    wasm._malloc = (bytes) => {
      const address = allocate(bytes + 32) >>> 0;
      wasm.HEAPU8.fill(0xa5, address + bytes, address + bytes + 32);
      this.ends.set(address, address + bytes);
      return address;
    };
    wasm._free = (address) => {
      this.check(address);
      this.ends.delete(address);
      free(address);
    };
  }

  overruns(): number {
    for (const address of this.ends.keys()) this.check(address);
    return this.found;
  }

  private check(address: number): void {
    const end = this.ends.get(address);
    if (end === undefined) return;
    if (this.backend.wasm.HEAPU8.subarray(end, end + 32).some((byte) => byte !== 0xa5)) this.found++;
  }
}

let guard: HeapGuard;

describe('our kernels for wasm', () => {
  beforeAll(async () => {
    registerWasmKernels();
    await tf.setBackend('wasm');
    guard = new HeapGuard(tf.backend() as unknown as WasmBackend);
  });
  afterAll(unregisterWasmKernels);
  afterEach(() => expect(guard.overruns()).toBe(0));

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

  it.each([
    [1, 1, 1],
    [5, 3, 7],
    [13, 17, 11],
    [37, 50, 29],
    [1000, 60, 5],
  ])('multiplies %s×%s×%s, either operand transposed, within its memory', (M, K, N) => {
    for (const [a, b] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const product = tf.tidy(() =>
        tf.matMul(tf.ones(a ? [K, M] : [M, K]), tf.ones(b ? [N, K] : [K, N]), a, b).dataSync(),
      );
      expect(product.every((x) => x === K)).toBe(true);
    }
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
