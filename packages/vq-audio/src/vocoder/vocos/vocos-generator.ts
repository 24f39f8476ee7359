import * as tf from '@tensorflow/tfjs-core';
import { Conv1d, constant, LayerNorm, Linear, Module, normal, Parameter, Random } from '@visual-echoes/core';
import type { Generator } from '../neural/generator.js';
import { type FramePadding, InverseSpectrum } from './inverse-spectrum.js';

/** The arguments of the authors' `VocosBackbone` and `ISTFTHead`, as their `config.yaml` names them. */
export interface VocosConfiguration {
  /** Mel bands. */
  input_channels: number;
  dim: number;
  intermediate_dim: number;
  num_layers: number;
  /** A power of two. */
  n_fft: number;
  hop_length: number;
  /** `center` for mels whose frames are centred on their first sample, as those of this project are. */
  padding?: FramePadding;
}

const EPSILON = 1e-6;
/** Magnitudes are held under this, as the authors do. */
const LARGEST_MAGNITUDE = 100;
/** Standard deviation of the first weights, as the authors have it. */
const START = 0.02;

/**
 * Vocos (Siuzdak, 2023; gemelo-ai/vocos): ConvNeXt blocks at the rate of the frames say magnitude and phase of a
 * short-time Fourier transform, whose inverse is the sound. Under the authors' names; 13.5 M weights as published for
 * mels of 24 kHz. What it makes can go a little beyond −1..1.
 */
export class VocosGenerator extends Module implements Generator {
  readonly bands: number;
  readonly hopLength: number;
  readonly leastFrames = 1;
  readonly backbone: VocosBackbone;
  readonly head: InverseSpectrumHead;
  /** The window, and the mel spectrogram in front: both are computed here. */
  protected override readonly unusedNames = [/^head\.istft\./, /^feature_extractor\./];

  /** @throws ConfigurationError for an `n_fft` that is no power of two, or a hop longer than it. */
  constructor(configuration: VocosConfiguration, { random = new Random(0) }: { random?: Random } = {}) {
    super();
    this.bands = configuration.input_channels;
    this.hopLength = configuration.hop_length;
    this.backbone = new VocosBackbone(configuration, random);
    this.head = new InverseSpectrumHead(configuration, random);
  }

  /** Mels [B, frames, bands] → waves [B, frames · hopLength, 1]. */
  forward(mel: tf.Tensor3D): tf.Tensor3D {
    return this.head.forward(this.backbone.forward(mel));
  }
}

/** Mels [B, frames, bands] → features [B, frames, dim]. */
class VocosBackbone extends Module {
  readonly embed: Conv1d;
  readonly norm: LayerNorm;
  readonly convnext: ConvNeXtBlock[];
  readonly finalLayerNorm: LayerNorm;

  constructor(
    { input_channels: bands, dim, intermediate_dim: inner, num_layers: layers }: VocosConfiguration,
    random: Random,
  ) {
    super();
    this.embed = new Conv1d(bands, dim, {
      random,
      kernelSize: 7,
      padding: 3,
      initialize: normal(random, START),
    });
    this.norm = new LayerNorm(dim, { epsilon: EPSILON });
    this.convnext = Array.from({ length: layers }, () => new ConvNeXtBlock(dim, inner, 1 / layers, random));
    this.finalLayerNorm = new LayerNorm(dim, { epsilon: EPSILON });
  }

  forward(mel: tf.Tensor3D): tf.Tensor3D {
    const x = this.norm.forward(this.embed.forward(mel)) as tf.Tensor3D;
    const y = this.convnext.reduce((sum, block) => block.forward(sum), x);
    return this.finalLayerNorm.forward(y) as tf.Tensor3D;
  }
}

/** A convolution of each channel over time, then two layers over the channels, scaled and added. */
class ConvNeXtBlock extends Module {
  readonly dwconv: Conv1d;
  readonly norm: LayerNorm;
  readonly pwconv1: Linear;
  readonly pwconv2: Linear;
  readonly gamma: Parameter;

  constructor(dim: number, inner: number, scale: number, random: Random) {
    super();
    const initialize = () => normal(random, START);
    this.dwconv = new Conv1d(dim, dim, {
      random,
      kernelSize: 7,
      padding: 3,
      groups: dim,
      initialize: initialize(),
    });
    this.norm = new LayerNorm(dim, { epsilon: EPSILON });
    this.pwconv1 = new Linear(dim, inner, { random, initialize: initialize() });
    this.pwconv2 = new Linear(inner, dim, { random, initialize: initialize() });
    this.gamma = new Parameter([dim], constant(scale));
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    const normed = this.norm.forward(this.dwconv.forward(x));
    const y = this.pwconv2.forward(this.pwconv1.forward(normed, { activation: 'gelu' }));
    return tf.add(x, tf.mul(y, this.gamma.value));
  }
}

/** Features [B, frames, dim] → log magnitudes and phases, by a layer; → waves, by the inverse transform. */
class InverseSpectrumHead extends Module {
  readonly out: Linear;
  /** Without weights, and so without a place in the state dict. */
  private readonly inverse: InverseSpectrum;

  constructor(
    { dim, n_fft: fftSize, hop_length: hopLength, padding = 'center' }: VocosConfiguration,
    random: Random,
  ) {
    super();
    this.inverse = new InverseSpectrum({ fftSize, hopLength, padding });
    this.out = new Linear(dim, fftSize + 2, { random, initialize: normal(random, START) });
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    const [logs, phases] = tf.split(this.out.forward(x) as tf.Tensor3D, 2, 2);
    // Bounded before the exponential, so that a wild value cannot become infinite.
    const magnitudes = tf.exp(tf.minimum(logs, Math.log(LARGEST_MAGNITUDE)));
    const parts = [tf.mul(magnitudes, tf.cos(phases)), tf.mul(magnitudes, tf.sin(phases))];
    return this.inverse.forward(tf.concat(parts as tf.Tensor3D[], 2));
  }

  override dispose(): void {
    super.dispose();
    this.inverse.dispose();
  }
}
