import * as tf from '@tensorflow/tfjs-core';
import { Conv1d, type Conv1dOptions, Module, Random } from '@visual-echoes/core';
import { averagePool } from '../neural/average-pool.js';
import type { Discriminator, Judgement } from '../neural/discriminator.js';
import { namedModules } from '../neural/named-modules.js';

/** The arguments of the authors' `Discriminator`, as their `train.py` names them. */
export interface MelGanDiscriminatorConfiguration {
  /** Networks, each on half the rate of the one before. */
  num_D?: number;
  /** Channels of the first layer. */
  ndf?: number;
  n_layers?: number;
  downsamp_factor?: number;
}

/** MelGAN's multi-scale discriminator (descriptinc/melgan-neurips, `mel2wav/modules.py`), under the authors' names. */
export class MelGanDiscriminator extends Module implements Discriminator {
  /** `disc_0`, `disc_1`, … */
  readonly model: Module;
  private readonly scales: () => MelGanScaleDiscriminator[];

  constructor(
    { num_D: scales = 3, ndf = 16, n_layers = 4, downsamp_factor = 4 }: MelGanDiscriminatorConfiguration = {},
    { random = new Random(0) }: { random?: Random } = {},
  ) {
    super();
    const own = Array.from(
      { length: scales },
      () => new MelGanScaleDiscriminator(ndf, n_layers, downsamp_factor, random),
    );
    this.model = namedModules(own, (i) => `disc_${i}`);
    this.scales = () => own;
  }

  forward(wave: tf.Tensor3D): Judgement[] {
    let x = wave;
    return this.scales().map((scale, i) => {
      if (i > 0) x = averagePool(x, { padding: 1, countPadding: false });
      return scale.forward(x);
    });
  }
}

/** One network of it; every layer but the last is behind a leaky ReLU in the next. */
class MelGanScaleDiscriminator extends Module {
  /** `layer_0`, `layer_1`, …: the last a convolution, the others sequences. */
  readonly model: Module;
  private readonly convolutions: () => Conv1d[];

  constructor(channels: number, layers: number, factor: number, random: Random) {
    super();
    const conv = (input: number, output: number, options: Omit<Conv1dOptions, 'random'>) =>
      new Conv1d(input, output, { random, form: 'weight-norm', ...options });
    const own = [conv(1, channels, { kernelSize: 15, padding: 7, paddingMode: 'reflect' })];
    let width = channels;
    for (let i = 0; i < layers; i++) {
      const wider = Math.min(width * factor, 1024);
      const strided = { kernelSize: factor * 10 + 1, stride: factor, padding: factor * 5 };
      own.push(conv(width, wider, { ...strided, groups: width / 4 }));
      width = wider;
    }
    const widest = Math.min(width * 2, 1024);
    own.push(conv(width, widest, { kernelSize: 5, padding: 2 }));
    own.push(conv(widest, 1, { kernelSize: 3, padding: 1 }));
    // In the first sequence a padding comes before the convolution.
    const parts = own.map((one, i) => {
      if (i === own.length - 1) return one;
      return i === 0 ? namedModules([one], () => '1') : namedModules([one], () => '0');
    });
    this.model = namedModules(parts, (i) => `layer_${i}`);
    this.convolutions = () => own;
  }

  forward(wave: tf.Tensor3D): Judgement {
    const features: tf.Tensor3D[] = [];
    let x = wave;
    const convolutions = this.convolutions();
    convolutions.forEach((conv, i) => {
      x = conv.forward(x);
      if (i < convolutions.length - 1) {
        x = tf.leakyRelu(x, 0.2);
        features.push(x);
      }
    });
    return { logits: x, features };
  }
}
