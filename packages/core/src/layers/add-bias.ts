import * as tf from '@tensorflow/tfjs-core';

/**
 * A picture and a value for each channel: `[B, H, W, C]` + `[C]`. The bias's gradient is added up by columns, then
 * by rows: a bias before a normalization has none, and what one long sum leaves of it is rounding.
 */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  return tf.customGrad((...args) => {
    const [input, values] = args as unknown as [tf.Tensor4D, tf.Tensor1D];
    return {
      value: tf.add(input, values),
      gradFunc: (dy: tf.Tensor) => {
        const columns = tf.sum(tf.reshape(dy, [batch * height, width * channels]), 0);
        return [dy, tf.sum(tf.reshape(columns, [width, channels]), 0)];
      },
    };
  })(x, bias) as tf.Tensor4D;
}
