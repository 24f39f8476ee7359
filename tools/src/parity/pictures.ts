import * as tf from '@tensorflow/tfjs-core';
import { permute, type StateTensor } from '@visual-echoes/core';

/** Pictures as PyTorch has them, and as we do. */
export const toNhwc = ({ shape, data }: StateTensor) => {
  const [n, c, h, w] = shape;
  return tf.tensor4d(permute(data, shape, [0, 2, 3, 1]), [n, h, w, c]);
};
export const toNchw = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]);
