import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, ShapeError } from '../errors.js';
import { uniform } from '../module/initializers.js';
import { conv1dLayout, conv2dLayout } from '../module/layout.js';
import { Parameter } from '../module/parameter.js';
import { Random } from '../random.js';
import { reflectionPad1d, zeroPad1d } from './pad1d.js';
import { ReparametrizedWeight, type WeightForm } from './reparametrized-weight.js';

export interface Conv1dOptions {
  random: Random;
  kernelSize: number;
  stride?: number;
  dilation?: number;
  groups?: number;
  /** Samples before and after. */
  padding?: number;
  paddingMode?: 'zeros' | 'reflect';
  bias?: boolean;
  form?: WeightForm;
  /** Whether the file has the weight as [out, in, k, 1], as a 2-D convolution down the columns of a picture. */
  columns?: boolean;
}

/**
 * 1-D convolution, PyTorch's start values: `[B, T, in]` → `[B, T′, out]`; the weight is [out, in / groups, k] in the
 * file. By 2-D convolutions of a filter [k, 1], since TensorFlow.js has no gradient of a dilated convolution and no
 * grouped one: with a dilation d, samples d apart are a column of [T / d, d].
 */
export class Conv1d extends ReparametrizedWeight {
  readonly bias?: Parameter;
  private readonly options: Required<Omit<Conv1dOptions, 'random' | 'bias' | 'form' | 'columns'>>;
  private readonly channels: readonly [input: number, output: number];

  /** @throws ConfigurationError for groups that do not divide the channels, or a stride together with a dilation. */
  constructor(
    input: number,
    output: number,
    {
      random,
      kernelSize,
      stride = 1,
      dilation = 1,
      groups = 1,
      padding = 0,
      paddingMode = 'zeros',
      bias = true,
      form = 'plain',
      columns = false,
    }: Conv1dOptions,
  ) {
    if (input % groups !== 0 || output % groups !== 0) {
      throw new ConfigurationError(
        `${groups} groups do not divide a convolution of ${input} to ${output} channels.`,
      );
    }
    if (stride > 1 && dilation > 1) {
      throw new ConfigurationError('A convolution here has a stride or a dilation, not both.');
    }
    const bound = 1 / Math.sqrt((input / groups) * kernelSize);
    const bits = random.bits();
    super({
      shape: [output, input / groups, kernelSize, ...(columns ? [1] : [])],
      layout: columns ? conv2dLayout : conv1dLayout,
      initialize: () => uniform(new Random(bits), bound),
      form,
      random,
    });
    if (bias) this.bias = new Parameter([output], uniform(random, bound));
    this.channels = [input, output];
    this.options = { kernelSize, stride, dilation, groups, padding, paddingMode };
  }

  /** @throws ShapeError for an input of other channels, or one too short to be mirrored. */
  forward(x: tf.Tensor3D): tf.Tensor3D {
    const { kernelSize, dilation, padding, paddingMode } = this.options;
    const [batch, length, channels] = x.shape;
    const [input, output] = this.channels;
    if (channels !== input) {
      throw new ShapeError(
        `A convolution of ${input} channels was given [${x.shape}]; look at what made it.`,
      );
    }
    if (paddingMode === 'reflect' && padding >= length) {
      throw new ShapeError(`${length} samples cannot be mirrored ${padding} wide; give more.`);
    }
    // What a convolution pads by itself need not be copied.
    const within = paddingMode === 'zeros' && dilation > 1 && 2 * padding === dilation * (kernelSize - 1);
    let padded = x;
    if (paddingMode === 'reflect') padded = reflectionPad1d(x, padding, padding);
    else if (dilation > 1 && !within) padded = zeroPad1d(x, padding, padding);
    const inside = paddingMode === 'zeros' && dilation === 1 ? padding : within ? (kernelSize - 1) / 2 : 0;
    const total = padded.shape[1];
    const rows = Math.ceil(total / dilation);
    const columns: tf.Tensor4D = tf.reshape(zeroPad1d(padded, 0, rows * dilation - total), [
      batch,
      rows,
      dilation,
      input,
    ]);
    const y = this.convolve(columns, inside);
    const wide: tf.Tensor3D = tf.reshape(y, [batch, y.shape[1] * dilation, output]);
    const wanted = within ? length : total - dilation * (kernelSize - 1);
    return dilation > 1 && wide.shape[1] !== wanted
      ? tf.slice(wide, [0, 0, 0], [batch, wanted, output])
      : wide;
  }

  /** The same down each column of a picture, padded with zeros: `[B, T, W, in]` → `[B, T′, W, out]`. */
  forwardColumns(x: tf.Tensor4D): tf.Tensor4D {
    return this.convolve(x, this.options.padding);
  }

  private convolve(x: tf.Tensor4D, padding: number): tf.Tensor4D {
    const { kernelSize, stride, groups } = this.options;
    const [input, output] = this.channels;
    const filter: tf.Tensor4D = tf.reshape(this.effectiveWeight(), [kernelSize, 1, input / groups, output]);
    const same = stride === 1 && 2 * padding === kernelSize - 1;
    const padded = same ? x : zeroPad1d(x, padding, padding);
    const strides: [number, number] = [stride, 1];
    const pad = same ? 'same' : 'valid';
    if (groups === 1) {
      const bias = this.bias?.value as unknown as tf.Tensor1D | undefined;
      return tf.fused.conv2d({ x: padded, filter, strides, pad, ...(bias ? { bias } : {}) });
    }
    const filters: tf.Tensor4D[] = tf.split(filter, groups, 3);
    const parts: tf.Tensor4D[] = tf.split(padded, groups, 3);
    const y: tf.Tensor4D = tf.concat(
      parts.map((part, i) => tf.conv2d(part, filters[i], strides, pad)),
      3,
    );
    return this.bias ? tf.add(y, this.bias.value) : y;
  }
}
