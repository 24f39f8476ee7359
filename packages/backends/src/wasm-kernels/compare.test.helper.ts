import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { Random } from '@visual-echoes/core';
import { expect } from 'vitest';
import { registerWasmKernels } from './register-wasm-kernels.js';

/** Normal numbers of a shape, the same for the same seed on every backend. */
export function normal(seed: number, ...shape: number[]): tf.Tensor {
  return tf.tensor(new Random(seed).normals(shape.reduce((a, b) => a * b, 1)), shape, 'float32');
}

/** The values, shapes and types of what `f` returns on a backend; fails where `f` leaves tensors or heap behind. */
async function on(backend: 'cpu' | 'wasm', f: () => tf.Tensor | tf.Tensor[]) {
  await tf.setBackend(backend);
  if (backend === 'cpu') (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const results = [tf.tidy(f)].flat();
  const read = [];
  for (const result of results) {
    read.push({ values: Array.from(await result.data()), shape: result.shape, dtype: result.dtype });
    result.dispose();
  }
  expect([tf.memory().numTensors, tf.backend().numDataIds()], `what is left on ${backend}`).toEqual(before);
  return read;
}

/** Expects `f` on wasm with our kernels to give `reference`, within `tolerance` of its largest value. */
export async function expectOnWasm(
  f: () => tf.Tensor | tf.Tensor[],
  reference: () => tf.Tensor | tf.Tensor[],
  tolerance = 1e-5,
): Promise<void> {
  const expected = await on('cpu', reference);
  registerWasmKernels();
  const actual = await on('wasm', f);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  actual.forEach(({ values }, i) => {
    const largest = Math.max(1e-30, ...expected[i].values.map(Math.abs));
    const difference = Math.max(0, ...values.map((v, j) => Math.abs(v - expected[i].values[j])));
    expect(difference / largest).toBeLessThanOrEqual(tolerance);
  });
}

/** Expects `f` to give on wasm, with our kernels, what tfjs-backend-cpu gives. */
export const expectAsOnCpu = (f: () => tf.Tensor | tf.Tensor[], tolerance?: number) =>
  expectOnWasm(f, f, tolerance);

/** Gradients of the sum of `f(...)` times fixed normal numbers, one for each input. */
export function gradients(f: (...x: tf.Tensor[]) => tf.Tensor, ...inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...x: tf.Tensor[]) => {
    const y = f(...x);
    return tf.sum(tf.mul(y, normal(99, ...y.shape)));
  })(inputs);
}
