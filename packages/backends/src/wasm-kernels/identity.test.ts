import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { registerWasmKernels } from './register-wasm-kernels.js';

it.each([
  ['float32', 1],
  ['int32', 1],
  ['bool', 1],
  ['string', 2],
] as const)(
  'a clone of %s shares the values, and keeps them when the first is freed',
  async (dtype, held) => {
    registerWasmKernels();
    await tf.setBackend('wasm');
    const values = dtype === 'string' ? ['a', 'b', 'c'] : [1, 0, 1];
    const before = tf.backend().numDataIds();
    const x = tf.tensor1d(values as number[], dtype);
    const y = tf.clone(x);
    expect(tf.backend().numDataIds()).toBe(before + held);
    x.dispose();
    tf.fill([3], 7).dispose(); // would take the memory, were it free
    expect([...(await y.data())]).toEqual(values);
    y.dispose();
    expect(tf.backend().numDataIds()).toBe(before);
  },
);
