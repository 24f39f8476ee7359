import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, Conv1d, ConvTranspose1d, Module, Random } from '@visual-echoes/core';
import type { GeneratorOptions } from '../melgan/melgan-generator.js';
import type { Generator } from '../neural/generator.js';

/** What the authors' `config_v1.json` and the others say of the generator; their training entries may stay in. */
export interface HiFiGanConfiguration {
  /** Two convolutions a dilation, or one. */
  resblock: '1' | '2';
  /** Their product is the hop length. */
  upsample_rates: readonly number[];
  upsample_kernel_sizes: readonly number[];
  upsample_initial_channel: number;
  resblock_kernel_sizes: readonly number[];
  resblock_dilation_sizes: readonly (readonly number[])[];
  /** Mel bands. */
  num_mels?: number;
}

const V1: HiFiGanConfiguration = {
  resblock: '1',
  upsample_rates: [8, 8, 2, 2],
  upsample_kernel_sizes: [16, 16, 4, 4],
  upsample_initial_channel: 512,
  resblock_kernel_sizes: [3, 7, 11],
  resblock_dilation_sizes: [
    [1, 3, 5],
    [1, 3, 5],
    [1, 3, 5],
  ],
  num_mels: 80,
};

/** The authors' published configurations, of 13.93 M, 0.93 M and 1.46 M weights with the weight norms folded. */
export const HIFIGAN: Readonly<Record<'v1' | 'v2' | 'v3', HiFiGanConfiguration>> = {
  v1: V1,
  v2: { ...V1, upsample_initial_channel: 128 },
  v3: {
    resblock: '2',
    upsample_rates: [8, 8, 4],
    upsample_kernel_sizes: [16, 16, 8],
    upsample_initial_channel: 256,
    resblock_kernel_sizes: [3, 5, 7],
    resblock_dilation_sizes: [
      [1, 2],
      [2, 6],
      [3, 12],
    ],
    num_mels: 80,
  },
};

const SLOPE = 0.1;

/** HiFi-GAN's generator (Kong et al., 2020; jik876/hifi-gan, `models.py`), under the authors' names. */
export class HiFiGanGenerator extends Module implements Generator {
  readonly bands: number;
  readonly hopLength: number;
  readonly leastFrames = 1;
  readonly convPre: Conv1d;
  readonly ups: ConvTranspose1d[] = [];
  readonly resblocks: (HiFiGanBlock1 | HiFiGanBlock2)[] = [];
  readonly convPost: Conv1d;
  private readonly kernels: number;

  /** @throws ConfigurationError for entries that do not fit each other. */
  constructor(
    configuration: HiFiGanConfiguration,
    { random = new Random(0), form = 'plain' }: GeneratorOptions = {},
  ) {
    super();
    check(configuration);
    const {
      resblock,
      upsample_rates: rates,
      upsample_kernel_sizes: upKernels,
      upsample_initial_channel: initial,
      resblock_kernel_sizes: kernels,
      resblock_dilation_sizes: dilations,
      num_mels: bands = 80,
    } = configuration;
    const options = { random, form };
    const wide = { ...options, kernelSize: 7, padding: 3 };
    this.bands = bands;
    this.hopLength = rates.reduce((product, rate) => product * rate, 1);
    this.kernels = kernels.length;
    this.convPre = new Conv1d(bands, initial, wide);
    let channels = initial;
    rates.forEach((stride, i) => {
      const kernelSize = upKernels[i];
      const padding = (kernelSize - stride) / 2;
      this.ups.push(new ConvTranspose1d(channels, channels / 2, { ...options, kernelSize, stride, padding }));
      channels /= 2;
      const Block = resblock === '1' ? HiFiGanBlock1 : HiFiGanBlock2;
      kernels.forEach((kernel, k) => {
        this.resblocks.push(new Block(channels, kernel, dilations[k], options));
      });
    });
    this.convPost = new Conv1d(channels, 1, wide);
  }

  /** Mels [B, frames, bands] → waves [B, frames · hopLength, 1]. */
  forward(mel: tf.Tensor3D): tf.Tensor3D {
    const { kernels } = this;
    let x = this.convPre.forward(mel);
    this.ups.forEach((up, i) => {
      const wider = up.forward(tf.leakyRelu(x, SLOPE));
      const blocks = this.resblocks
        .slice(i * kernels, (i + 1) * kernels)
        .map((block) => block.forward(wider));
      x = tf.div(tf.addN(blocks), kernels);
    });
    return tf.tanh(this.convPost.forward(tf.leakyRelu(x, 0.01))); // PyTorch's default slope, as the authors leave it
  }
}

function check(configuration: HiFiGanConfiguration): void {
  const {
    resblock,
    upsample_rates: rates,
    upsample_kernel_sizes: upKernels,
    upsample_initial_channel: initial,
    resblock_kernel_sizes: kernels,
    resblock_dilation_sizes: dilations,
  } = configuration;
  const fail = (why: string): never => {
    throw new ConfigurationError(`HiFi-GAN: ${why}; compare the authors' config_v1.json.`);
  };
  if (resblock !== '1' && resblock !== '2') fail(`resblock is "1" or "2", not ${JSON.stringify(resblock)}`);
  if (rates.length === 0 || rates.length !== upKernels.length)
    fail(`${rates.length} upsample_rates need as many upsample_kernel_sizes, not ${upKernels.length}`);
  rates.forEach((rate, i) => {
    if (upKernels[i] < rate || (upKernels[i] - rate) % 2 !== 0)
      fail(`an upsample kernel of ${upKernels[i]} does not make ${rate} samples of one`);
  });
  if (initial % 2 ** rates.length !== 0)
    fail(`upsample_initial_channel ${initial} cannot be halved ${rates.length} times`);
  if (kernels.length === 0 || kernels.length !== dilations.length)
    fail(
      `${kernels.length} resblock_kernel_sizes need as many resblock_dilation_sizes, not ${dilations.length}`,
    );
  if (kernels.some((kernel) => kernel % 2 === 0)) fail('resblock_kernel_sizes are odd');
}

type BlockOptions = Required<GeneratorOptions>;

const residual = (channels: number, kernelSize: number, dilation: number, options: BlockOptions) =>
  new Conv1d(channels, channels, {
    ...options,
    kernelSize,
    dilation,
    padding: (dilation * (kernelSize - 1)) / 2,
  });

/** Residual block 1: for each dilation a dilated convolution and a plain one. */
export class HiFiGanBlock1 extends Module {
  readonly convs1: Conv1d[];
  readonly convs2: Conv1d[];

  constructor(channels: number, kernelSize: number, dilations: readonly number[], options: BlockOptions) {
    super();
    this.convs1 = dilations.map((dilation) => residual(channels, kernelSize, dilation, options));
    this.convs2 = dilations.map(() => residual(channels, kernelSize, 1, options));
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    return this.convs1.reduce((sum, dilated, i) => {
      const inner = dilated.forward(tf.leakyRelu(sum, SLOPE));
      return tf.add(sum, this.convs2[i].forward(tf.leakyRelu(inner, SLOPE)));
    }, x);
  }
}

/** Residual block 2: one dilated convolution a dilation. */
export class HiFiGanBlock2 extends Module {
  readonly convs: Conv1d[];

  constructor(channels: number, kernelSize: number, dilations: readonly number[], options: BlockOptions) {
    super();
    this.convs = dilations.map((dilation) => residual(channels, kernelSize, dilation, options));
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    return this.convs.reduce((sum, conv) => tf.add(sum, conv.forward(tf.leakyRelu(sum, SLOPE))), x);
  }
}
