import * as tf from '@tensorflow/tfjs-core';

type Reduce = (x: tf.Tensor) => tf.Tensor;

/**
 * (x − mean) / √(variance + ε), where `mean` averages over whatever is normalized together and returns a
 * shape that broadcasts against `x`. One custom gradient, so that a step records one operation and not nine.
 */
export function normalize(x: tf.Tensor, mean: Reduce, epsilon: number): tf.Tensor {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const centred = tf.sub(input, mean(input));
    const inverse = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon));
    const value = tf.mul(centred, inverse);
    save([value, inverse]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [y, inv] = saved;
        const across = tf.sub(dy, tf.mul(y, mean(tf.mul(dy, y))));
        return [tf.mul(tf.sub(across, mean(across)), inv)];
      },
    };
  })(x);
}
