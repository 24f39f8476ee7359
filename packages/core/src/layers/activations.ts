import * as tf from '@tensorflow/tfjs-core';

/** x·σ(x), the swish of the VQGANs. */
export function swish<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const gate = tf.sigmoid(input);
    const value = tf.mul(input, gate);
    save([gate, value]);
    return {
      value,
      // σ + y·(1 − σ)
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [s, y] = saved;
        return [tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s))))];
      },
    };
  })(x) as T;
}

/** The exact GELU, x·Φ(x), by the error function. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const cumulative = tf.mul(tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1), 0.5);
    save([input, cumulative]);
    return {
      value: tf.mul(input, cumulative),
      // Φ + x·φ
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [t, phi] = saved;
        const density = tf.mul(tf.exp(tf.mul(tf.square(t), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return [tf.mul(dy, tf.add(phi, tf.mul(t, density)))];
      },
    };
  })(x) as T;
}
