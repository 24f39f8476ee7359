import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, ShapeError } from '../errors.js';
import { uniform, zeros } from '../module/initializers.js';
import { conv1dLayout, conv2dLayout } from '../module/layout.js';
import { type Initializer, Parameter } from '../module/parameter.js';
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
  /** Start values of the weight; PyTorch's default where it is absent, and then of the bias too. */
  initialize?: Initializer;
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
  private readonly options: Required<
    Omit<Conv1dOptions, 'random' | 'bias' | 'form' | 'initialize' | 'columns'>
  >;
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
      initialize,
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
      initialize: () => initialize ?? uniform(new Random(bits), bound),
      form,
      random,
    });
    if (bias) this.bias = new Parameter([output], initialize ? zeros : uniform(random, bound));
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
    const y =
      groups === input && groups === output && stride === 1
        ? depthwise(padded, filter, same ? padding : 0)
        : grouped(padded, filter, groups, strides, pad);
    return this.bias ? tf.add(y, this.bias.value) : y;
  }
}

/** Each channel by itself: the samples under each tap times its weights. `[B, T, W, C]`, filter [k, 1, 1, C]. */
function depthwise(x: tf.Tensor4D, filter: tf.Tensor4D, padding: number): tf.Tensor4D {
  const padded = zeroPad1d(x, padding, padding);
  const [batch, length, columns, channels] = padded.shape;
  const [kernelSize] = filter.shape;
  const taps: tf.Tensor4D[] = tf.split(filter, kernelSize, 0);
  const size: [number, number, number, number] = [batch, length - kernelSize + 1, columns, channels];
  return tf.addN(taps.map((tap, i) => tf.mul(tf.slice(padded, [0, i, 0, 0], size), tap))) as tf.Tensor4D;
}

function grouped(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  groups: number,
  strides: [number, number],
  pad: 'same' | 'valid',
): tf.Tensor4D {
  const filters: tf.Tensor4D[] = tf.split(filter, groups, 3);
  const parts: tf.Tensor4D[] = tf.split(x, groups, 3);
  return tf.concat(
    parts.map((part, i) => tf.conv2d(part, filters[i], strides, pad)),
    3,
  );
}
