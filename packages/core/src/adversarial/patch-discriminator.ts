import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, ShapeError } from '../errors.js';
import { BatchNorm2d } from '../layers/batch-norm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { normal } from '../module/initializers.js';
import { Module } from '../module/module.js';
import { Random } from '../random.js';

/** The constructor arguments of taming's `NLayerDiscriminator`, by their own names. */
export interface PatchDiscriminatorConfiguration {
  /** Channels of the pictures. */
  input_nc?: number;
  /** Channels after the first convolution. */
  ndf?: number;
  n_layers?: number;
  /** Not built: no published model has it. */
  use_actnorm?: boolean;
}

/** Most times the first channels that a layer has, and the slope left of 0, in `NLayerDiscriminator`. */
const WIDEST = 8;
const SLOPE = 0.2;

const activate = (x: tf.Tensor4D): tf.Tensor4D => tf.leakyRelu(x, SLOPE);

/**
 * PatchGAN (Isola et al., 2017) as taming-transformers has it: `[B, H, W, C]` → a logit for every patch,
 * `[B, h, w, 1]`, with batch normalization. Weights start as N(0, 0.02), those of the normalization as N(1, 0.02).
 *
 * @example
 * const discriminator = new PatchDiscriminator({ input_nc: 3, ndf: 64, n_layers: 3 });
 * const logits = discriminator.forward(pictures, { training: true });
 */
export class PatchDiscriminator extends Module {
  /** Layers by their published numbers; activations have no weights. */
  readonly main: (Conv2d | BatchNorm2d | typeof activate)[] = [];
  private readonly channels: number;
  private readonly smallest: number;

  /** @throws ConfigurationError */
  constructor(
    { input_nc = 3, ndf = 64, n_layers = 3, use_actnorm = false }: PatchDiscriminatorConfiguration = {},
    { random = new Random(0) }: { random?: Random } = {},
  ) {
    super();
    if (use_actnorm) {
      throw new ConfigurationError('A discriminator with use_actnorm is not supported; set it to false.');
    }
    for (const [name, value] of Object.entries({ input_nc, ndf, n_layers })) {
      if (!(Number.isInteger(value) && value > 0)) {
        throw new ConfigurationError(
          `Discriminator: ${name} is ${value}; it must be a positive whole number.`,
        );
      }
    }
    const convolution = (input: number, output: number, stride: number, bias: boolean) =>
      new Conv2d(input, output, {
        ...{ random, kernelSize: 4, stride, padding: 1, bias },
        initialize: normal(random, 0.02),
      });
    this.main.push(convolution(input_nc, ndf, 2, true), activate);
    let channels = ndf;
    for (let n = 1; n <= n_layers; n++) {
      const wider = ndf * Math.min(2 ** n, WIDEST);
      // The normalization has a bias of its own. The last of these does not halve the picture.
      this.main.push(convolution(channels, wider, n < n_layers ? 2 : 1, false));
      this.main.push(new BatchNorm2d(wider, { initialize: normal(random, 0.02, 1) }), activate);
      channels = wider;
    }
    this.main.push(convolution(channels, 1, 1, true));
    this.channels = input_nc;
    this.smallest = 3 * 2 ** n_layers;
  }

  /** @throws ShapeError where pictures have other channels or are smaller than a patch. */
  forward(x: tf.Tensor4D, { training = false }: { training?: boolean } = {}): tf.Tensor4D {
    const [, height, width, channels] = x.shape;
    if (channels !== this.channels || Math.min(height, width) < this.smallest) {
      throw new ShapeError(
        `This discriminator takes pictures [B, H, W, ${this.channels}] of at least ${this.smallest} pixels a side, ` +
          `not [${x.shape}]; give it other channels or fewer layers.`,
      );
    }
    let h = x;
    for (const layer of this.main) {
      if (layer instanceof BatchNorm2d) h = layer.forward(h, { training });
      else h = layer instanceof Conv2d ? layer.forward(h) : layer(h);
    }
    return h;
  }
}
