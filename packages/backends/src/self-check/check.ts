import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';

/** One comparison of the self-check. */
export interface Check {
  name: string;
  run: () => tf.Tensor;
  expected: () => ArrayLike<number>;
}

/** Normal numbers of a shape. */
export const draw = (seed: number, ...shape: number[]) => ({
  shape,
  values: new Random(seed).normals(shape.reduce((a, b) => a * b, 1)),
});
export type Drawn = ReturnType<typeof draw>;

export const tensor = ({ values, shape }: Drawn) => tf.tensor(values, shape, 'float32');
