import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { ConfigurationError } from '@visual-echoes/core';
import { afterEach, describe, expect, it } from 'vitest';
import { registerWasmKernels, unregisterWasmKernels, wasmKernelNames } from './register-wasm-kernels.js';

const registered = () =>
  new Map(wasmKernelNames.map((name) => [name, tf.getKernel(name, 'wasm')?.kernelFunc as unknown]));
const stock = registered();
const factory = tf.findBackendFactory('wasm');
afterEach(unregisterWasmKernels);

describe('registerWasmKernels', () => {
  it('replaces every kernel once, however often it is called', () => {
    registerWasmKernels();
    const ours = registered();
    for (const name of wasmKernelNames) expect(ours.get(name), name).not.toBe(stock.get(name));
    registerWasmKernels();
    expect(registered()).toEqual(ours);
  });

  it('puts everything back', () => {
    registerWasmKernels();
    unregisterWasmKernels();
    expect(registered()).toEqual(stock);
  });

  it('replaces only what is named', () => {
    registerWasmKernels({ only: ['Slice'] });
    const changed = wasmKernelNames.filter((name) => registered().get(name) !== stock.get(name));
    expect(changed).toEqual(['Slice']);
  });

  it('leaves a backend that starts afterwards with working originals', async () => {
    tf.removeBackend('wasm');
    registerWasmKernels();
    tf.registerBackend('wasm', factory);
    await tf.setBackend('wasm');
    unregisterWasmKernels();
    const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])));
    expect(Array.from(await product.data())).toEqual([3, 3, 3, 3]);
    product.dispose();
  });

  it('names a kernel that it has not', () => {
    expect(() => registerWasmKernels({ only: ['Slice', 'Nothing'] })).toThrow(ConfigurationError);
  });
});
