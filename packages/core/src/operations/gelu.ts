import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';

/** The exact GELU, x·Φ(x), by the error function: the kernels `Gelu` and `GeluGrad`. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const kernel = fusedKernel('Gelu');
  if (!kernel) return composed(x);
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: kernel({ x: input })[0],
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [geluGradient(saved[0], dy)],
    };
  })(x) as T;
}

/** dy · (Φ + x·φ), where no gradient is taped. */
export function geluGradient(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const kernel = fusedKernel('GeluGrad');
  return kernel ? kernel({ x, dy })[0] : tf.mul(dy, slope(x, cumulative(x)));
}

/** Φ, the cumulative normal distribution. */
const cumulative = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** Φ + x·φ */
function slope(x: tf.Tensor, phi: tf.Tensor): tf.Tensor {
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(phi, tf.mul(x, density));
}

function composed<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const phi = cumulative(input);
    save([input, phi]);
    return {
      value: tf.mul(input, phi),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [tf.mul(dy, slope(saved[0], saved[1]))],
    };
  })(x) as T;
}
