import * as tf from '@tensorflow/tfjs-core';

/** x·σ(x), the swish of the VQGANs. */
export function swish<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const gate = tf.sigmoid(input);
    const value = tf.mul(input, gate);
    save([gate, value]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [slope(dy, saved[0], saved[1])] };
  })(x) as T;
}

/** The gradient of swish at x, where no gradient is taped. */
export function swishGradient(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const gate = tf.sigmoid(x);
  return slope(dy, gate, tf.mul(x, gate));
}

/** dy · (σ + y·(1 − σ)) */
const slope = (dy: tf.Tensor, gate: tf.Tensor, y: tf.Tensor) =>
  tf.mul(dy, tf.add(gate, tf.mul(y, tf.sub(1, gate))));
