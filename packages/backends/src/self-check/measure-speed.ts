import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';

/** Speed of the current backend, in 10⁹ multiplications and additions a second. */
export interface BackendSpeed {
  /** Product of two 512×512 matrices. */
  matMul: number;
  /** 3×3 convolution of [4, 32, 32, 64] to 64 channels. */
  convolution: number;
}

/** Measures the current backend: for each operation the best of the runs that fit into `milliseconds`. */
export async function measureSpeed({ milliseconds = 300 } = {}): Promise<BackendSpeed> {
  const random = new Random(1);
  const normal = (...shape: number[]) =>
    tf.tensor(random.normals(shape.reduce((a, b) => a * b, 1)), shape, 'float32');
  const [a, b, x, w] = [normal(512, 512), normal(512, 512), normal(4, 32, 32, 64), normal(3, 3, 64, 64)];
  try {
    const matMul = await best(2 * 512 ** 3, milliseconds, () => tf.matMul(a, b));
    const convolution = await best(2 * 4 * 32 * 32 * 9 * 64 * 64, milliseconds, () =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    );
    return { matMul, convolution };
  } finally {
    tf.dispose([a, b, x, w]);
  }
}

async function best(operations: number, milliseconds: number, run: () => tf.Tensor): Promise<number> {
  let fastest = Infinity;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    const result = run();
    await result.data();
    result.dispose();
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() < end);
  return operations / (fastest * 1e6);
}
