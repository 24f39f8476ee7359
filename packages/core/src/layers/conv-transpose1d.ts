import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { uniform } from '../module/initializers.js';
import { convTranspose1dLayout } from '../module/layout.js';
import { Parameter } from '../module/parameter.js';
import { Random } from '../random.js';
import { zeroPad1d } from './pad1d.js';
import { ReparametrizedWeight, type WeightForm } from './reparametrized-weight.js';

export interface ConvTranspose1dOptions {
  random: Random;
  kernelSize: number;
  stride?: number;
  /** Samples that are taken off before and after. */
  padding?: number;
  /** Samples more at the end. */
  outputPadding?: number;
  bias?: boolean;
  form?: WeightForm;
}

/**
 * Transposed 1-D convolution, PyTorch's start values: `[B, T, in]` → `[B, (T − 1)·stride − 2·padding + k +
 * outputPadding, out]`; the weight is [in, out, k] in the file. Output sample m·stride + r meets only the filter's taps
 * r, r + stride, …, so that one plain convolution computes all phases r as channels.
 */
export class ConvTranspose1d extends ReparametrizedWeight {
  readonly bias?: Parameter;
  private readonly options: Required<Omit<ConvTranspose1dOptions, 'random' | 'bias' | 'form'>>;
  private readonly channels: readonly [input: number, output: number];

  constructor(
    input: number,
    output: number,
    {
      random,
      kernelSize,
      stride = 1,
      padding = 0,
      outputPadding = 0,
      bias = true,
      form = 'plain',
    }: ConvTranspose1dOptions,
  ) {
    const bound = 1 / Math.sqrt(output * kernelSize); // so PyTorch counts the fan-in of a transposed convolution
    const bits = random.bits();
    super({
      shape: [input, output, kernelSize],
      layout: convTranspose1dLayout,
      initialize: () => uniform(new Random(bits), bound),
      form,
      random,
    });
    if (bias) this.bias = new Parameter([output], uniform(random, bound));
    this.channels = [input, output];
    this.options = { kernelSize, stride, padding, outputPadding };
  }

  /** @throws ShapeError for an input of other channels. */
  forward(x: tf.Tensor3D): tf.Tensor3D {
    const { kernelSize, stride, padding, outputPadding } = this.options;
    const [input, output] = this.channels;
    const [batch, length, channels] = x.shape;
    if (channels !== input) {
      throw new ShapeError(
        `A convolution of ${input} channels was given [${x.shape}]; look at what made it.`,
      );
    }
    const taps = Math.ceil(kernelSize / stride);
    const weight = this.effectiveWeight();
    const missing = taps * stride - kernelSize;
    const whole = missing ? tf.concat([weight, tf.zeros([missing, input, output])], 0) : weight;
    // The taps in reversed order; by pieces, since reversal is slow on wasm.
    const steps = tf.reshape(whole, [taps, stride, input, output]);
    let filter: tf.Tensor = taps > 1 ? tf.concat([...tf.split(steps, taps)].reverse(), 0) : steps;
    filter = tf.reshape(tf.transpose(filter, [0, 2, 1, 3]), [taps, 1, input, stride * output]);
    const padded = tf.reshape(zeroPad1d(x, taps - 1, taps - 1), [batch, -1, 1, input]) as tf.Tensor4D;
    const phases = tf.conv2d(padded, filter as tf.Tensor4D, 1, 'valid');
    const all = tf.reshape(phases, [batch, (length + taps - 1) * stride, output]) as tf.Tensor3D;
    const wanted = (length - 1) * stride - 2 * padding + kernelSize + outputPadding;
    const beyond = Math.max(0, padding + wanted - all.shape[1]);
    const y = tf.slice(zeroPad1d(all, 0, beyond), [0, padding, 0], [batch, wanted, output]);
    return this.bias ? tf.add(y, this.bias.value) : y;
  }
}
