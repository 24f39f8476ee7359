import type * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { Conv2d } from '../layers/conv2d.js';
import { Module } from '../module/module.js';
import { Random } from '../random.js';
import { type VqModelConfiguration, validateVqModelConfiguration } from './configuration.js';
import { Decoder } from './decoder.js';
import { Encoder } from './encoder.js';
import { MaskgitDecoder } from './maskgit-decoder.js';
import { MaskgitEncoder } from './maskgit-encoder.js';
import { type Quantized, VectorQuantizer } from './vector-quantizer.js';

/** What published checkpoints keep beside the network for training alone: losses with their networks, averages. */
export const TRAINING_NAMES = /^(loss|model_ema)\./;

/**
 * taming's `VQModel`: the network of the image VQGAN and, over a mel spectrogram as a picture of one channel,
 * of SpecVQGAN (Esser et al. 2021; Iashin and Rahtu 2021). Pictures are −1..1, `[B, H, W, C]`.
 * With `architecture: 'maskgit'` it is MAGE's own tokenizer (Chang et al. 2022; Li et al. 2023), whose pictures are
 * 0..1 and which has no convolutions around its codebook.
 */
export class VqModel extends Module {
  readonly encoder: Encoder | MaskgitEncoder;
  readonly decoder: Decoder | MaskgitDecoder;
  readonly quantize: VectorQuantizer;
  readonly quantConv?: Conv2d;
  readonly postQuantConv?: Conv2d;
  protected override readonly unusedNames = [TRAINING_NAMES];
  /** How many times smaller the grid of tokens is than the picture. */
  readonly downsampling: number;
  readonly channels: number;
  /** The values of pictures: −1..1, or 0..1 in MaskGIT's. */
  readonly range: readonly [low: number, high: number];

  constructor(configuration: VqModelConfiguration, { random = new Random(0) }: { random?: Random } = {}) {
    super();
    validateVqModelConfiguration(configuration);
    const { ddconfig, n_embed, embed_dim } = configuration;
    const maskgit = configuration.architecture === 'maskgit';
    this.encoder = new (maskgit ? MaskgitEncoder : Encoder)(configuration, random);
    this.decoder = new (maskgit ? MaskgitDecoder : Decoder)(configuration, random);
    this.quantize = new VectorQuantizer(n_embed, embed_dim, { random });
    if (!maskgit) {
      this.quantConv = new Conv2d(ddconfig.z_channels, embed_dim, { random, kernelSize: 1 });
      this.postQuantConv = new Conv2d(embed_dim, ddconfig.z_channels, { random, kernelSize: 1 });
    }
    this.range = maskgit ? [0, 1] : [-1, 1];
    this.downsampling = 2 ** (ddconfig.ch_mult.length - 1);
    this.channels = ddconfig.in_channels;
  }

  /** Before quantization: `[B, H, W, C]` → `[B, h, w, D]`. */
  preQuantize(x: tf.Tensor4D): tf.Tensor4D {
    const [, height, width, channels] = x.shape;
    const step = this.downsampling;
    if (channels !== this.channels || height % step !== 0 || width % step !== 0 || height * width === 0) {
      throw new ShapeError(
        `This VQGAN takes pictures [B, H, W, ${this.channels}] with sides that ${step} divides, not [${x.shape}].`,
      );
    }
    const z = this.encoder.forward(x);
    return this.quantConv ? this.quantConv.forward(z) : z;
  }

  /** `[B, H, W, C]` → codes, indices and codebook loss. */
  encode(x: tf.Tensor4D): Quantized {
    return this.quantize.forward(this.preQuantize(x));
  }

  /** `[B, h, w, D]` → `[B, H, W, C]`. */
  decode(quantized: tf.Tensor4D): tf.Tensor4D {
    return this.decoder.convOut.forward(this.decodeFeatures(quantized));
  }

  /** What the last convolution takes, `[B, h, w, D]` → `[B, H, W, ch]`: an adaptive adversarial weight needs it. */
  decodeFeatures(quantized: tf.Tensor4D): tf.Tensor4D {
    return this.decoder.features(this.postQuantConv ? this.postQuantConv.forward(quantized) : quantized);
  }

  /** Row-major indices, int32 `[B, h·w]` → `[B, H, W, C]`. */
  decodeIndices(indices: tf.Tensor2D, grid: readonly [number, number]): tf.Tensor4D {
    return this.decode(this.quantize.lookUp(indices, grid));
  }
}
