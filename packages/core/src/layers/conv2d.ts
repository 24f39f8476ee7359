import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../module/initializers.js';
import { conv2dLayout } from '../module/layout.js';
import { Module } from '../module/module.js';
import { type Initializer, Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';
import { addBias } from './add-bias.js';

/** Zeros around a picture. */
export type Padding = number | { top: number; bottom: number; left: number; right: number };

/** The same down and across, or each by itself. */
export type Extent = number | readonly [rows: number, columns: number];

export interface Conv2dOptions {
  random: Random;
  kernelSize?: Extent;
  stride?: Extent;
  padding?: Padding;
  bias?: boolean;
  /** Start values of the weight, PyTorch's where left out. */
  initialize?: Initializer;
}

/** 2-D convolution, PyTorch's start values: `[B, H, W, in]` → `[B, H′, W′, out]`. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;
  private readonly strides: [rows: number, columns: number];
  private readonly padding: Padding;
  /** Whether the output is as large as the input. */
  private readonly same: boolean;

  constructor(
    input: number,
    output: number,
    { random, kernelSize = 3, stride = 1, padding = 0, bias = true, initialize }: Conv2dOptions,
  ) {
    super();
    const [rows, columns] = pair(kernelSize);
    const bound = 1 / Math.sqrt(input * rows * columns);
    const shape = [output, input, rows, columns];
    this.weight = new Parameter(shape, initialize ?? uniform(random, bound), { layout: conv2dLayout });
    if (bias) this.bias = new Parameter([output], uniform(random, bound));
    this.strides = pair(stride);
    this.padding = padding;
    const { top, bottom, left, right } = sides(padding);
    this.same =
      Math.max(...this.strides) === 1 &&
      [top, bottom].every((side) => 2 * side === rows - 1) &&
      [left, right].every((side) => 2 * side === columns - 1);
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const y = this.convolve(x, this.weight.value as unknown as tf.Tensor4D);
    return this.bias ? addBias(y, this.bias.value as unknown as tf.Tensor1D) : y;
  }

  /** Without bias and with another filter in the place of the weight, in memory's layout. */
  convolve(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
    const { padding, strides, same } = this;
    // 'same' is (k − 1) / 2 zeros on every side only at stride 1; elsewhere the padding is written out.
    return same
      ? tf.conv2d(x, filter, 1, 'same')
      : tf.conv2d(pad(x, sides(padding)), filter, strides, 'valid');
  }
}

const pair = (extent: Extent): [rows: number, columns: number] =>
  typeof extent === 'number' ? [extent, extent] : [...extent];

const sides = (padding: Padding) =>
  typeof padding === 'number' ? { top: padding, bottom: padding, left: padding, right: padding } : padding;

function pad(x: tf.Tensor4D, { top, bottom, left, right }: ReturnType<typeof sides>): tf.Tensor4D {
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}
