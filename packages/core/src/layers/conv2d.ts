import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../module/initializers.js';
import { conv2dLayout } from '../module/layout.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import type { Random } from '../random.js';

/** Zeros around a picture. */
export type Padding = number | { top: number; bottom: number; left: number; right: number };

export interface Conv2dOptions {
  random: Random;
  kernelSize?: number;
  stride?: number;
  padding?: Padding;
  bias?: boolean;
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
    { random, kernelSize = 3, stride = 1, padding = 0, bias = true }: Conv2dOptions,
  ) {
    super();
    const bound = 1 / Math.sqrt(input * kernelSize * kernelSize);
    this.weight = new Parameter([output, input, kernelSize, kernelSize], uniform(random, bound), {
      layout: conv2dLayout,
    });
    if (bias) this.bias = new Parameter([output], uniform(random, bound));
    this.stride = stride;
    this.kernelSize = kernelSize;
    this.padding = padding;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { padding, stride } = this;
    const filter = this.weight.value as unknown as tf.Tensor4D;
    // 'same' is padding k/2 on both sides only at stride 1; elsewhere the padding is written out.
    const same = stride === 1 && typeof padding === 'number' && padding === (this.kernelSize - 1) / 2;
    const y = same ? tf.conv2d(x, filter, 1, 'same') : tf.conv2d(pad(x, padding), filter, stride, 'valid');
    return this.bias ? tf.add(y, this.bias.value) : y;
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
