import * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from './kernel.js';
import { normalize, standardized, standardizedGradient } from './normalize.js';
import { swish, swishGradient } from './swish.js';

/** What group normalization is told. */
export interface GroupNormAttributes {
  groups: number;
  epsilon: number;
  /** Whether x·σ(x) follows. */
  swish: boolean;
}

/**
 * Group normalization (Wu and He, 2018), and swish after it where wanted: `[B, H, W, C]` with weight and bias `[C]`. The
 * kernels `GroupNorm` and `GroupNormGrad`.
 */
export function groupNorm(
  x: tf.Tensor4D,
  weight: tf.Tensor,
  bias: tf.Tensor,
  attributes: GroupNormAttributes,
): tf.Tensor4D {
  const { groups, epsilon, swish: activated } = attributes;
  const [batch, height, width, channels] = x.shape;
  const flat = (t: tf.Tensor) => tf.reshape(t, [batch, height * width, channels]);
  const mean = groupMean(x.shape, groups);
  const kernel = fusedKernel('GroupNorm');
  if (!kernel) {
    const out = tf.add(tf.mul(normalize(flat(x), mean, epsilon), weight), bias);
    return tf.reshape(activated ? swish(out) : out, x.shape);
  }
  return tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([input, scale, shift]);
    return {
      value: kernel({ x: input, weight: scale, bias: shift }, { ...attributes })[0],
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [pictures, kept, offset] = saved;
        const backward = fusedKernel('GroupNormGrad');
        if (backward) return backward({ x: pictures, weight: kept, bias: offset, dy }, { ...attributes });
        const [normal, inverse] = standardized(flat(pictures), mean, epsilon);
        const dOut = activated ? swishGradient(tf.add(tf.mul(normal, kept), offset), flat(dy)) : flat(dy);
        const dx = standardizedGradient(tf.mul(dOut, kept), normal, inverse, mean);
        return [tf.reshape(dx, x.shape), tf.sum(tf.mul(dOut, normal), [0, 1]), tf.sum(dOut, [0, 1])];
      },
    };
  })(x, weight, bias) as tf.Tensor4D;
}

/** The mean of each group, of `[B, H·W, C]` as `[B, 1, C]`. */
function groupMean([batch, height, width, channels]: number[], groups: number) {
  const perGroup = channels / groups;
  // Rows, then columns, then the group's channels: short sums round less, and all run over contiguous memory.
  return (x: tf.Tensor) => {
    const perColumn = tf.mean(tf.reshape(x, [batch, height, width * channels]), 1);
    const perChannel = tf.mean(tf.reshape(perColumn, [batch, width, groups, perGroup]), 1);
    const mean = tf.mean(perChannel, 2, true);
    return tf.reshape(tf.tile(mean, [1, 1, perGroup]), [batch, 1, channels]);
  };
}
