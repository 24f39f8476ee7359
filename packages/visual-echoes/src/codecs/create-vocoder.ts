import type { StateDict } from '@visual-echoes/core';
import {
  createNeuralVocoder,
  GriffinLimVocoder,
  type MelConfig,
  MelMatchingVocoder,
  type Vocoder,
} from '@visual-echoes/vq-audio';
import type { VocoderSettings } from '../model-folder/manifest.js';

/** Makes the vocoder that a model folder names; `state` is that of its weight file, where it has one. */
export type CreateVocoder = (
  mel: MelConfig,
  settings: VocoderSettings,
  state: StateDict,
) => Vocoder | Promise<Vocoder>;

/** In the caller's own thread. @throws ConfigurationError, CheckpointError for what does not fit. */
export const createVocoder: CreateVocoder = async (mel, settings, state) => {
  if (settings.type === 'griffin-lim') return new GriffinLimVocoder(mel, settings);
  const vocoder = createNeuralVocoder(settings, state, mel, settings.input ? { input: settings.input } : {});
  await vocoder.generator.packHalves();
  return settings.melMatching ? new MelMatchingVocoder(vocoder, mel, settings.melMatching) : vocoder;
};
