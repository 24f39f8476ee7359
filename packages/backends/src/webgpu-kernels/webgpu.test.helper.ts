import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { expect } from 'vitest';
import { selectBackend } from '../node/select-backend.js';

/** Makes `webgpu` current, on SwiftShader where there is no GPU; says why where it cannot. */
export async function startWebGpu(): Promise<string | undefined> {
  try {
    await selectBackend({ prefer: 'webgpu', selfCheck: false });
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    console.info(`The tests of WebGPU are skipped: ${message}`);
    return message;
  }
}

/** Normal numbers, the same for the same seed. */
export const normals = (seed: number, count: number, scale = 1): Float32Array =>
  new Random(seed).normals(count, 0, scale);

/** Runs a kernel on arrays and gives back arrays; fails where it leaves tensors or GPU memory in use. */
export async function runKernel(
  name: string,
  inputs: Record<string, { values: ArrayLike<number>; shape: number[]; dtype?: 'float32' | 'int32' }>,
  attributes: tf.NamedAttrMap = {},
): Promise<{ values: ArrayLike<number>; shape: number[]; dtype: string }[]> {
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([key, { values, shape, dtype = 'float32' }]) => [
      key,
      tf.tensor((dtype === 'int32' ? Int32Array : Float32Array).from(values), shape, dtype),
    ]),
  );
  const outputs = [tf.engine().runKernel(name, tensors, attributes)].flat() as tf.Tensor[];
  const read = [];
  for (const output of outputs) {
    read.push({ values: await output.data(), shape: output.shape, dtype: output.dtype });
  }
  tf.dispose([...Object.values(tensors), ...outputs]);
  expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
  return read;
}

/** Expects every value within `tolerance` of the largest reference. */
export function expectClose(values: ArrayLike<number>, reference: ArrayLike<number>, tolerance = 1e-5): void {
  expect(values.length).toBe(reference.length);
  let difference = 0;
  let largest = 1e-30;
  for (let i = 0; i < reference.length; i++) {
    const d = Math.abs(values[i] - reference[i]);
    if (!(d <= difference)) difference = Number.isNaN(d) ? Infinity : d;
    largest = Math.max(largest, Math.abs(reference[i]));
  }
  expect(difference / largest).toBeLessThanOrEqual(tolerance);
}
