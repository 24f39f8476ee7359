import type * as tf from '@tensorflow/tfjs-core';
import {
  averagePool,
  BatchNorm2d,
  Conv1d,
  type Conv1dOptions,
  Conv2d,
  ConvTranspose1d,
  Embedding,
  GroupNorm,
  gelu,
  LayerNorm,
  Linear,
  Module,
  type Random,
  selfAttention,
  swish,
  upsampleNearest,
} from '@visual-echoes/core';
import { FunctionLayer, type LayerCase, layerCase } from './conformance-case.js';

class LinearGelu extends Module {
  readonly linear: Linear;

  constructor(random: Random) {
    super();
    this.linear = new Linear(13, 21, { random });
  }

  forward(x: tf.Tensor): tf.Tensor {
    return this.linear.forward(x, { activation: 'gelu' });
  }
}

class GroupNormSwish extends Module {
  readonly norm = new GroupNorm(12, { groups: 3 });

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.norm.forward(x, { swish: true });
  }
}

const conv1d = (input: number, output: number, options: Omit<Conv1dOptions, 'random'>, length: number) =>
  layerCase(`conv1d ${JSON.stringify(options)} of ${length}`, {
    layer: (random) => new Conv1d(input, output, { random, ...options }),
    shape: [2, length, input],
  });

/** A convolution down the columns of a picture, as the multi-period discriminators have. */
class Columns extends Module {
  readonly conv: Conv1d;

  constructor(conv: Conv1d) {
    super();
    this.conv = conv;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forwardColumns(x);
  }
}

const convolutions: readonly LayerCase[] = [
  conv1d(3, 5, { kernelSize: 7, padding: 3 }, 13),
  conv1d(2, 3, { kernelSize: 3, dilation: 3, padding: 3 }, 13),
  conv1d(3, 4, { kernelSize: 5, dilation: 2, padding: 4, form: 'weight-norm' }, 12),
  conv1d(3, 2, { kernelSize: 3, dilation: 9, padding: 9, paddingMode: 'reflect', form: 'weight-norm' }, 19),
  conv1d(3, 1, { kernelSize: 7, padding: 3, paddingMode: 'reflect' }, 11),
  conv1d(2, 3, { kernelSize: 4, stride: 2, padding: 2 }, 11),
  conv1d(6, 9, { kernelSize: 5, stride: 4, padding: 2, groups: 3, form: 'weight-norm' }, 17),
  layerCase('conv1d down columns, stride 3', {
    layer: (random) =>
      new Columns(new Conv1d(2, 3, { random, kernelSize: 5, stride: 3, padding: 2, columns: true })),
    shape: [2, 11, 3, 2],
  }),
  layerCase('conv transpose1d ×2', {
    layer: (random) => new ConvTranspose1d(3, 2, { random, kernelSize: 4, stride: 2, padding: 1 }),
    shape: [3, 5, 3],
  }),
  layerCase('conv transpose1d ×8, weight norm', {
    layer: (random) =>
      new ConvTranspose1d(3, 4, { random, kernelSize: 16, stride: 8, padding: 4, form: 'weight-norm' }),
    shape: [2, 3, 3],
  }),
  layerCase('conv transpose1d ×3, longer', {
    layer: (random) =>
      new ConvTranspose1d(2, 3, { random, kernelSize: 7, stride: 3, padding: 2, outputPadding: 2 }),
    shape: [2, 4, 2],
  }),
];

/** Its running averages, which are not drawn anew, are not those of the start. */
function batchNorm(random: Random): BatchNorm2d {
  const norm = new BatchNorm2d(5);
  norm.runningMean.set(random.normals(5));
  norm.runningVar.set(random.uniforms(5, 0.5, 2));
  return norm;
}

class BatchNormInTraining extends BatchNorm2d {
  override forward(x: tf.Tensor4D): tf.Tensor4D {
    return super.forward(x, { training: true });
  }
}

/** Every layer of core, with odd sizes and more than one sample. */
export const layerCases: readonly LayerCase[] = [
  layerCase('linear', { layer: (random) => new Linear(7, 5, { random }), shape: [3, 7] }),
  layerCase('linear of sequences, without bias', {
    layer: (random) => new Linear(5, 9, { random, bias: false }),
    shape: [2, 11, 5],
  }),
  layerCase('linear of one row', { layer: (random) => new Linear(33, 17, { random }), shape: [1, 33] }),
  layerCase('conv2d 3×3', {
    layer: (random) => new Conv2d(3, 5, { random, padding: 1 }),
    shape: [2, 7, 5, 3],
  }),
  layerCase('conv2d 1×1', {
    layer: (random) => new Conv2d(7, 3, { random, kernelSize: 1 }),
    shape: [3, 5, 3, 7],
  }),
  layerCase('conv2d 3×3 without padding or bias', {
    layer: (random) => new Conv2d(4, 3, { random, bias: false }),
    shape: [2, 9, 5, 4],
  }),
  layerCase('conv2d 3×3, stride 2, padded right and below', {
    layer: (random) =>
      new Conv2d(3, 4, { random, stride: 2, padding: { top: 0, bottom: 1, left: 0, right: 1 } }),
    shape: [2, 8, 6, 3],
  }),
  layerCase('conv2d 3×3, padded unevenly', {
    layer: (random) => new Conv2d(2, 3, { random, padding: { top: 2, bottom: 0, left: 1, right: 3 } }),
    shape: [3, 5, 7, 2],
  }),
  layerCase('conv2d 4×4, stride 2', {
    layer: (random) => new Conv2d(3, 2, { random, kernelSize: 4, stride: 2, padding: 1 }),
    shape: [2, 11, 7, 3],
  }),
  layerCase('conv2d 5×5, stride 3', {
    layer: (random) => new Conv2d(1, 6, { random, kernelSize: 5, stride: 3, padding: 2 }),
    shape: [2, 13, 10, 1],
  }),
  ...convolutions,
  layerCase('group norm', { layer: () => new GroupNorm(12, { groups: 4 }), shape: [3, 5, 7, 12] }),
  layerCase('group norm, one group a channel', {
    layer: () => new GroupNorm(6, { groups: 6 }),
    shape: [2, 3, 5, 6],
  }),
  layerCase('batch norm', { layer: batchNorm, shape: [3, 5, 3, 5] }),
  layerCase('batch norm, training', { layer: () => new BatchNormInTraining(7), shape: [3, 5, 2, 7] }),
  layerCase('layer norm', { layer: () => new LayerNorm(13), shape: [2, 5, 13] }),
  layerCase('embedding', {
    layer: (random) => new Embedding(11, 5, { random }),
    shape: [3, 7],
    integersBelow: 11,
  }),
  layerCase('swish', { layer: () => new FunctionLayer(swish), shape: [3, 5, 7] }),
  layerCase('gelu', { layer: () => new FunctionLayer(gelu), shape: [3, 5, 7] }),
  layerCase('upsample to the nearest', {
    layer: () => new FunctionLayer((x) => upsampleNearest(x as tf.Tensor4D)),
    shape: [3, 5, 3, 4],
  }),
  layerCase('average pool', {
    layer: () => new FunctionLayer((x) => averagePool(x as tf.Tensor4D)),
    shape: [3, 6, 4, 5],
  }),
  layerCase('self-attention', {
    layer: () => new FunctionLayer((x) => selfAttention(x, 1)),
    shape: [3, 7, 15],
  }),
  layerCase('self-attention with heads', {
    layer: () => new FunctionLayer((x) => selfAttention(x, 3)),
    shape: [2, 11, 45],
  }),
  layerCase('self-attention by blocks of queries', {
    layer: () => new FunctionLayer((x) => selfAttention(x, 3, { mostWeights: 2 * 3 * 11 * 4 })),
    shape: [2, 11, 45],
  }),
  layerCase('self-attention of 53', {
    layer: () => new FunctionLayer((x) => selfAttention(x, 2)),
    shape: [2, 53, 42],
  }),
  layerCase('linear and GELU', { layer: (random) => new LinearGelu(random), shape: [53, 13] }),
  layerCase('group norm and swish', { layer: () => new GroupNormSwish(), shape: [3, 5, 3, 12] }),
];
