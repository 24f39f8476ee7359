import * as tf from '@tensorflow/tfjs-core';

/** Averages over whatever is normalized together; its result broadcasts against what it was given. */
type Mean = (x: tf.Tensor) => tf.Tensor;

/** (x − mean) / √(variance + ε). One custom gradient, so that a step records one operation and not nine. */
export function normalize(x: tf.Tensor, mean: Mean, epsilon: number): tf.Tensor {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const [value, inverse] = standardized(input, mean, epsilon);
    save([value, inverse]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [standardizedGradient(dy, saved[0], saved[1], mean)],
    };
  })(x);
}

/** (x − mean) / √(variance + ε), and 1 / √(variance + ε). */
export function standardized(x: tf.Tensor, mean: Mean, epsilon: number): [tf.Tensor, tf.Tensor] {
  const centred = tf.sub(x, mean(x));
  const inverse = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon));
  return [tf.mul(centred, inverse), inverse];
}

/** From the gradient of a standardized y to that of the x that it was made of. */
export function standardizedGradient(dy: tf.Tensor, y: tf.Tensor, inverse: tf.Tensor, mean: Mean): tf.Tensor {
  const across = tf.sub(dy, tf.mul(y, mean(tf.mul(dy, y))));
  return tf.mul(tf.sub(across, mean(across)), inverse);
}
