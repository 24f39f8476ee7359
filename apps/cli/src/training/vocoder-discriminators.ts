import type * as tf from '@tensorflow/tfjs-core';
import { Module, type Random } from '@visual-echoes/core';
import {
  type Discriminator,
  type Judgement,
  MelGanDiscriminator,
  MultiPeriodDiscriminator,
  MultiResolutionDiscriminator,
  MultiScaleDiscriminator,
} from '@visual-echoes/vq-audio';
import type { VocoderFile } from './vocoder-file.js';

type Settings = NonNullable<VocoderFile['adversarial']>['discriminators'][number];

/** The discriminators that a training file names, as one. */
export class VocoderDiscriminators extends Module implements Discriminator {
  readonly parts: (Discriminator & Module)[];

  constructor(settings: readonly Settings[], random: Random) {
    super();
    this.parts = settings.map((one) => create(one, random));
  }

  forward(wave: tf.Tensor3D): Judgement[] {
    return this.parts.flatMap((part) => part.forward(wave));
  }
}

function create(settings: Settings, random: Random): Discriminator & Module {
  switch (settings.type) {
    case 'multi-period':
      return new MultiPeriodDiscriminator({ ...settings, random });
    case 'multi-scale':
      return new MultiScaleDiscriminator({ ...settings, random });
    case 'multi-resolution':
      return new MultiResolutionDiscriminator({ ...settings, random });
    case 'melgan':
      return new MelGanDiscriminator(settings, { random });
  }
}
