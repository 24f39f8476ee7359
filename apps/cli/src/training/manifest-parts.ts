import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';

/** What was trained, as its manifest says it. */
export interface TrainedSettings {
  image: { configuration: object; picture: object; preprocessing: object };
  audio: { configuration: object; mel: object; preprocessing: object; vocoder: object };
  transformer: MaskedTransformerConfiguration;
}

/** The parts of a trained model's manifest, each beside the file of its weights. */
export const manifestParts = ({ image, audio, transformer }: TrainedSettings) => ({
  image: { type: 'vqgan', weights: 'image.safetensors', ...image },
  audio: { type: 'specvqgan', weights: 'audio.safetensors', ...audio },
  transformer: { type: 'mage', weights: 'transformer.safetensors', configuration: transformer },
});
