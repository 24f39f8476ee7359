import * as tf from '@tensorflow/tfjs-core';

/**
 * Means of windows of 4 every 2 samples, `[B, T, 1]` → `[B, T′, 1]`, as PyTorch's `AvgPool1d(4, 2, padding)`; `countPadding`
 * says whether the zeros around are counted among the 4. By a convolution, since engines lack the gradient of pooling.
 */
export function averagePool(
  wave: tf.Tensor3D,
  { padding, countPadding }: { padding: number; countPadding: boolean },
): tf.Tensor3D {
  const [batch, length] = wave.shape;
  const window = tf.fill([4, 1, 1, 1], 0.25) as tf.Tensor4D;
  const around: [number, number][] = [
    [0, 0],
    [padding, padding],
    [0, 0],
    [0, 0],
  ];
  const mean = (x: tf.Tensor4D): tf.Tensor4D => tf.conv2d(tf.pad(x, around), window, [2, 1], 'valid');
  const pooled = mean(tf.reshape(wave, [batch, length, 1, 1]));
  const result = countPadding ? pooled : tf.div(pooled, mean(tf.ones([1, length, 1, 1])));
  return tf.reshape(result, [batch, pooled.shape[1], 1]);
}
