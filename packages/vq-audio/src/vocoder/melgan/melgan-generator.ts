import * as tf from '@tensorflow/tfjs-core';
import { Conv1d, ConvTranspose1d, Module, Random, ShapeError } from '@visual-echoes/core';
import type { Generator, GeneratorForm } from '../neural/generator.js';

/** The constructor's arguments of the authors' `Generator`, as their `args.yml` names them. */
export interface MelGanConfiguration {
  /** Mel bands. */
  input_size: number;
  /** Channels of the last stage. */
  ngf: number;
  n_residual_layers: number;
  /** Up-sampling of each stage; their product is the hop length. */
  ratios?: readonly number[];
}

const SLOPE = 0.2;

export interface GeneratorOptions {
  random?: Random;
  /** `weight-norm` is the form that is trained and published, `plain` the folded one. */
  form?: GeneratorForm;
}

/**
 * MelGAN's generator (Kumar et al., 2019; descriptinc/melgan-neurips, `mel2wav/modules.py`), under the authors' names.
 * At the published size (80 bands, ngf 32, ratios 8, 8, 2, 2, three residual layers) 4.26 M weights, the norms folded.
 */
export class MelGanGenerator extends Module implements Generator {
  readonly bands: number;
  readonly hopLength: number;
  /** Fewer cannot be mirrored. */
  readonly leastFrames: number;
  /** Convolutions at the places where the authors' `nn.Sequential` has them. */
  readonly model: (Conv1d | ConvTranspose1d | MelGanResidualBlock)[] = [];

  constructor(
    { input_size: bands, ngf, n_residual_layers: residualLayers, ratios = [8, 8, 2, 2] }: MelGanConfiguration,
    { random = new Random(0), form = 'plain' }: GeneratorOptions = {},
  ) {
    super();
    this.bands = bands;
    this.hopLength = ratios.reduce((product, ratio) => product * ratio, 1);
    const widest = 3 ** (residualLayers - 1);
    this.leastFrames = Math.max(4, Math.ceil((widest + 1) / ratios[0]));
    const wide = { random, form, kernelSize: 7, padding: 3, paddingMode: 'reflect' as const };
    let channels = ngf * 2 ** ratios.length;
    let place = 1; // 0 mirrors the ends
    this.model[place] = new Conv1d(bands, channels, wide);
    for (const ratio of ratios) {
      place += 2; // a leaky ReLU between
      this.model[place] = new ConvTranspose1d(channels, channels / 2, {
        random,
        form,
        kernelSize: 2 * ratio,
        stride: ratio,
        padding: (ratio >> 1) + (ratio % 2),
        outputPadding: ratio % 2,
      });
      channels /= 2;
      for (let layer = 0; layer < residualLayers; layer++) {
        this.model[++place] = new MelGanResidualBlock(channels, 3 ** layer, { random, form });
      }
    }
    this.model[place + 3] = new Conv1d(ngf, 1, wide); // behind a leaky ReLU and mirrored ends
  }

  /**
   * Mels [B, frames, bands] → waves [B, frames · hopLength, 1].
   * @throws ShapeError for fewer frames than can be mirrored.
   */
  forward(mel: tf.Tensor3D): tf.Tensor3D {
    if (mel.shape[1] < this.leastFrames) {
      throw new ShapeError(`This MelGAN takes ${this.leastFrames} frames or more, not ${mel.shape[1]}.`);
    }
    const layers = this.model.filter(() => true); // without the empty places
    const [first, ...rest] = layers;
    return tf.tanh(
      rest.reduce(
        // A residual block has its own activation first.
        (x, layer) => layer.forward(layer instanceof MelGanResidualBlock ? x : tf.leakyRelu(x, SLOPE)),
        first.forward(mel),
      ),
    );
  }
}

/** shortcut(x) + 1×1(leaky(dilated 3(leaky(x)))). */
export class MelGanResidualBlock extends Module {
  readonly block: Conv1d[] = [];
  readonly shortcut: Conv1d;

  constructor(channels: number, dilation: number, options: Required<GeneratorOptions>) {
    super();
    this.block[2] = new Conv1d(channels, channels, {
      ...options,
      kernelSize: 3,
      dilation,
      padding: dilation,
      paddingMode: 'reflect',
    });
    this.block[4] = new Conv1d(channels, channels, { ...options, kernelSize: 1 });
    this.shortcut = new Conv1d(channels, channels, { ...options, kernelSize: 1 });
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    const inner = this.block[2].forward(tf.leakyRelu(x, SLOPE));
    return tf.add(this.shortcut.forward(x), this.block[4].forward(tf.leakyRelu(inner, SLOPE)));
  }
}
