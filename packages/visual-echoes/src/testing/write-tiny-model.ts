import { join } from 'node:path';
import { type Module, Random, VqModel } from '@visual-echoes/core';
import { writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { createGenerator, MEL_DIGITS, SPEECH_DIGITS } from '@visual-echoes/vq-audio';
import { MANIFEST_FILE, type ModelManifest, parseManifest } from '../model-folder/manifest.js';

export interface TinyModelOptions {
  seed?: number;
  /** Entries of the manifest that replace its own, at the top level. */
  manifest?: Partial<ModelManifest>;
}

const vqModel = (resolution: number, codes: number) => ({
  ddconfig: {
    z_channels: 8,
    resolution,
    in_channels: 1,
    out_ch: 1,
    ch: 8,
    ch_mult: resolution === 32 ? [1, 1, 1] : [1, 1, 1, 1],
    num_res_blocks: 1,
    attn_resolutions: [],
    norm_groups: 4,
  },
  n_embed: codes,
  embed_dim: 4,
});

/** The manifest of a model with the digits model's media and a fraction of its size. */
export function tinyManifest(): ModelManifest {
  return parseManifest(
    JSON.stringify({
      format: 1,
      name: 'tiny',
      parts: {
        image: {
          type: 'vqgan',
          weights: 'image.safetensors',
          configuration: vqModel(32, 16),
          picture: { width: 28, height: 28, channels: 1 },
          preprocessing: { type: 'mnist' },
        },
        audio: {
          type: 'specvqgan',
          weights: 'audio.safetensors',
          configuration: vqModel(64, 24),
          mel: { ...MEL_DIGITS, frames: 64 },
          preprocessing: { type: 'speech', ...SPEECH_DIGITS },
          vocoder: { type: 'griffin-lim', iterations: 4, momentum: 0.99 },
        },
        transformer: {
          type: 'mage',
          weights: 'transformer.safetensors',
          configuration: {
            fields: [
              { name: 'image', grid: [8, 8], vocabulary: 16 },
              { name: 'audio', grid: [8, 8], vocabulary: 24 },
              { name: 'label', grid: [1, 1], vocabulary: 10 },
              { name: 'voice', grid: [1, 1], vocabulary: 2 },
            ],
            embedDim: 16,
            depth: 1,
            numHeads: 2,
            decoderEmbedDim: 16,
            decoderDepth: 1,
            decoderNumHeads: 2,
          },
        },
      },
      classes: {
        field: 'label',
        names: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
      },
      voices: { field: 'voice', names: ['ann', 'bob'] },
      sampling: {
        imageToAudio: {
          steps: 3,
          stages: [
            { fill: ['label', 'voice'], given: ['image'] },
            { fill: ['audio'], given: ['label', 'voice'] },
          ],
          guidance: { scale: 2, fields: ['label', 'voice'] },
        },
        audioToImage: { steps: 3, stages: [['label'], ['image']], order: { type: 'halton' } },
        coGenerate: { steps: 3 },
        complete: { steps: 3 },
      },
      license: 'MIT',
    }),
  );
}

/**
 * Writes a small model folder with random weights, to test programs without a trained model: what it makes is noise
 * of the right form.
 */
export async function writeTinyModel(
  folder: string,
  { seed = 1, manifest: changed = {} }: TinyModelOptions = {},
): Promise<void> {
  const manifest = { ...tinyManifest(), ...changed };
  const { image, audio, transformer } = manifest.parts;
  const random = new Random(seed);
  const { vocoder } = audio;
  const modules: Record<string, Module> = {
    [image.weights]: new VqModel(image.configuration, { random }),
    [audio.weights]: new VqModel(audio.configuration, { random }),
    [transformer.weights]: new MaskedTransformer(transformer.configuration, { random }),
    ...('weights' in vocoder && {
      [vocoder.weights]: createGenerator(vocoder, { random, form: 'weight-norm' }),
    }),
  };
  for (const [file, module] of Object.entries(modules)) {
    await writeStateFile(join(folder, file), await module.stateDict());
    module.dispose();
  }
  await writeFileAtomically(join(folder, MANIFEST_FILE), [JSON.stringify(manifest, null, 2)]);
}
