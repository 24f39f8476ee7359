import { Random } from '../random.js';
import type { Initializer } from './parameter.js';

export const zeros: Initializer = (length) => new Float32Array(length);

export const ones: Initializer = (length) => new Float32Array(length).fill(1);

export const constant =
  (value: number): Initializer =>
  (length) =>
    new Float32Array(length).fill(value);

/** Uniform on ±`bound`. The stream is taken from `random` now, the values at the first use. */
export function uniform(random: Random, bound: number): Initializer {
  const own = new Random(random.bits());
  return (length) => own.uniforms(length, -bound, bound);
}

/** Normal, likewise. */
export function normal(random: Random, standardDeviation: number, mean = 0): Initializer {
  const own = new Random(random.bits());
  return (length) => own.normals(length, mean, standardDeviation);
}
