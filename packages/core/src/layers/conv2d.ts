import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../module/initializers.js';
import { conv2dLayout } from '../module/layout.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';
import { addBias } from './add-bias.js';

/** Zeros around a picture. */
export type Padding = number | { top: number; bottom: number; left: number; right: number };

export interface Conv2dOptions {
  random: Random;
  kernelSize?: number;
  stride?: number;
  padding?: Padding;
  bias?: boolean;
  /** Start values of the weight, PyTorch's where left out. */
  initialize?: Initializer;
}

/** 2-D convolution, PyTorch's start values: `[B, H, W, in]` → `[B, H′, W′, out]`. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;
  private readonly stride: number;
  private readonly kernelSize: number;
  private readonly padding: Padding;

  constructor(
    input: number,
    output: number,
    { random, kernelSize = 3, stride = 1, padding = 0, bias = true, initialize }: Conv2dOptions,
  ) {
    super();
    const bound = 1 / Math.sqrt(input * kernelSize * kernelSize);
    const shape = [output, input, kernelSize, kernelSize];
    this.weight = new Parameter(shape, initialize ?? uniform(random, bound), { layout: conv2dLayout });
    if (bias) this.bias = new Parameter([output], uniform(random, bound));
    this.stride = stride;
    this.kernelSize = kernelSize;
    this.padding = padding;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const y = this.convolve(x, this.weight.value as unknown as tf.Tensor4D);
    return this.bias ? addBias(y, this.bias.value as unknown as tf.Tensor1D) : y;
  }

  /** Without bias and with another filter in the place of the weight, in memory's layout. */
  convolve(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
    const { padding, stride } = this;
    // 'same' is padding k/2 on both sides only at stride 1; elsewhere the padding is written out.
    const same = stride === 1 && typeof padding === 'number' && padding === (this.kernelSize - 1) / 2;
    return same ? tf.conv2d(x, filter, 1, 'same') : tf.conv2d(pad(x, padding), filter, stride, 'valid');
  }
}

function pad(x: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  const { top, bottom, left, right } =
    typeof padding === 'number' ? { top: padding, bottom: padding, left: padding, right: padding } : padding;
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}
