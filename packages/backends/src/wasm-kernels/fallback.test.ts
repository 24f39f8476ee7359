import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { expectAsOnCpu, expectOnWasm, normal } from './compare.test.helper.js';

// As on an engine without SIMD: no kernels of our own in the backend's memory.
vi.mock('./simd/native-instance.js', async (load) => ({
  ...(await load<typeof import('./simd/native-instance.js')>()),
  hasNativeModules: () => false,
}));

describe('without our SIMD modules', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiplies through XNNPACK, transposeA %s, transposeB %s', async (transposeA, transposeB) => {
    const a = (...outer: number[]) => normal(1, ...outer, ...(transposeA ? [11, 13] : [13, 11]));
    const b = (...outer: number[]) => normal(2, ...outer, ...(transposeB ? [9, 11] : [11, 9]));
    await expectAsOnCpu(() => tf.matMul(a(), b(), transposeA, transposeB));
    await expectAsOnCpu(() => tf.matMul(a(2, 3), b(2, 3), transposeA, transposeB));
    await expectAsOnCpu(() => tf.matMul(a(2, 3), b(), transposeA, transposeB));
    await expectOnWasm(
      () => tf.matMul(a(2, 1), b(1, 3), transposeA, transposeB),
      () => tf.matMul(tf.tile(a(2, 1), [1, 3, 1, 1]), tf.tile(b(1, 3), [2, 1, 1, 1]), transposeA, transposeB),
    );
  });

  it('has erf', async () => {
    await expectAsOnCpu(() => tf.erf(normal(1, 30)), 1e-6);
  });
});

it('registers none of those that models ask for', () => {
  for (const name of ['Linear', 'SelfAttention', 'AdamW']) expect(tf.getKernel(name, 'wasm')).toBeUndefined();
});
