import { ConfigurationError, foldWeightNorm, type StateDict } from '@visual-echoes/core';
import type { MelConfig } from '../../mel/mel-spectrogram.js';
import { type HiFiGanConfiguration, HiFiGanGenerator } from '../hifigan/hifigan-generator.js';
import {
  type GeneratorOptions,
  type MelGanConfiguration,
  MelGanGenerator,
} from '../melgan/melgan-generator.js';
import { type VocosConfiguration, VocosGenerator } from '../vocos/vocos-generator.js';
import type { Generator } from './generator.js';
import { NeuralVocoder, type NeuralVocoderOptions } from './neural-vocoder.js';

/** Which generator, and its authors' configuration. */
export type GeneratorSettings =
  | { type: 'hifigan'; configuration: HiFiGanConfiguration }
  | { type: 'melgan'; configuration: MelGanConfiguration }
  | { type: 'vocos'; configuration: VocosConfiguration };

/** Makes the generator that the settings name. @throws ConfigurationError for one that there is not. */
export function createGenerator(settings: GeneratorSettings, options: GeneratorOptions = {}): Generator {
  switch (settings.type) {
    case 'hifigan':
      return new HiFiGanGenerator(settings.configuration, options);
    case 'melgan':
      return new MelGanGenerator(settings.configuration, options);
    case 'vocos':
      return new VocosGenerator(settings.configuration, options);
    default:
      throw new ConfigurationError(
        `There is no generator "${(settings as { type: string }).type}"; there are hifigan, melgan and vocos.`,
      );
  }
}

/**
 * Makes a vocoder of trained or published weights, whose weight norms it folds.
 * @throws ConfigurationError where it is not for these mels; CheckpointError where the weights do not fit.
 *
 * @example
 * const { state } = await readSafetensors(bytes);
 * const vocoder = createNeuralVocoder({ type: 'hifigan', configuration: HIFIGAN.v1 }, state, mel, { input: 'ln' });
 */
export function createNeuralVocoder(
  settings: GeneratorSettings,
  state: StateDict,
  mel: MelConfig,
  options: NeuralVocoderOptions = {},
): NeuralVocoder {
  const generator = createGenerator(settings);
  const vocoder = new NeuralVocoder(generator, mel, options);
  generator.loadStateDict(foldWeightNorm(state));
  return vocoder;
}
