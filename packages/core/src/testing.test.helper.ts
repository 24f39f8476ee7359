import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { permute } from './module/layout.js';
import type { StateTensor } from './module/state-dict.js';

/** Makes `cpu` the current backend, without its greeting. */
export async function useCpu(): Promise<void> {
  await tf.setBackend('cpu');
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}

/** A tensor as `make_fixtures.py` writes it. */
export interface FixtureTensor {
  shape: number[];
  data: number[];
}

const fixtures = new URL(/* @vite-ignore */ '../fixtures/', import.meta.url);

export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(name, fixtures), 'utf8')) as T;

export const fixtureBytes = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(name, fixtures)));

/** Base64 as fixtures hold it. */
export const unpacked = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Chunks one after another. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

export const stateTensor = ({ shape, data }: FixtureTensor): StateTensor => ({
  shape,
  data: Float32Array.from(data),
});

/** Pictures, NCHW in a fixture, as a tensor `[B, H, W, C]`. */
export function picture(fixture: FixtureTensor): tf.Tensor4D {
  const { shape, data } = stateTensor(fixture);
  const [n, c, h, w] = shape;
  return tf.tensor4d(permute(data, shape, [0, 2, 3, 1]), [n, h, w, c]);
}

/** The values of `[B, H, W, C]` in a fixture's order. */
export const picturesOf = (x: tf.Tensor4D): Float32Array =>
  permute(x.dataSync() as Float32Array, x.shape, [0, 3, 1, 2]);

/** Expects max |difference| ≤ `tolerance` · max(max |reference|, `least`), the two equally long. */
export function expectClose(
  ours: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: number,
  least = 0,
): void {
  expect(ours.length).toBe(reference.length);
  let scale = least;
  let difference = 0;
  for (let i = 0; i < reference.length; i++) {
    const d = Math.abs(ours[i] - reference[i]);
    scale = Math.max(scale, Math.abs(reference[i]));
    difference = Math.max(difference, Number.isNaN(d) ? Number.POSITIVE_INFINITY : d);
  }
  expect(difference).toBeLessThanOrEqual(tolerance * scale);
}
