import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { foldWeightNorm, type StateDict } from '@visual-echoes/core';
import { readStateFile, writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import { MANIFEST_FILE } from 'visual-echoes/node';
import { readJsonFile } from '../data/read-json-file.js';
import { melShape } from '../prepare/clip-form.js';
import { manifestParts } from './manifest-parts.js';
import type { loadAudioTokenizer, loadImageTokenizer } from './tokenize-digits.js';
import type { TransformerFile } from './training-file.js';
import { vocoderFile } from './vocoder-file.js';

export interface TrainedParts {
  image: Awaited<ReturnType<typeof loadImageTokenizer>>;
  audio: Awaited<ReturnType<typeof loadAudioTokenizer>>;
  /** The names of the field "voice". */
  voices: readonly string[];
  transformer: { state: StateDict; configuration: MaskedTransformerConfiguration };
}

/** Writes a model folder that `loadModel` reads: `visual-echoes.json` beside one f16 file a part. */
export async function writeModelFolder(
  folder: string,
  { image, audio, voices, transformer }: TrainedParts,
  { name, classes, sampling, vocoder, license, attribution }: TransformerFile['model'],
  beside: (path: string) => string,
): Promise<void> {
  const trained = 'type' in vocoder ? undefined : await readVocoder(vocoder, beside);
  const manifest = {
    format: 1,
    name,
    parts: manifestParts({
      image: {
        configuration: image.file.configuration,
        picture: image.file.picture,
        preprocessing: { type: 'mnist' },
      },
      audio: {
        configuration: audio.file.configuration,
        mel: { ...audio.file.mel, frames: melShape(audio.file.mel).frames },
        preprocessing: audio.file.sound,
        vocoder: trained?.settings ?? vocoder,
      },
      transformer: transformer.configuration,
    }),
    classes,
    voices: { field: 'voice', names: voices },
    sampling,
    license,
    attribution,
  };
  await mkdir(folder, { recursive: true });
  const states = {
    image: await image.tokenizer.stateDict(),
    audio: await audio.tokenizer.stateDict(),
    transformer: transformer.state,
    ...(trained && { vocoder: trained.state }),
  };
  for (const [part, state] of Object.entries(states)) {
    await writeStateFile(join(folder, `${part}.safetensors`), state, { type: 'f16' });
  }
  await writeFileAtomically(join(folder, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`]);
}

/** A trained vocoder as a model folder has it, its weight norms folded. */
async function readVocoder(
  { folder, ...rest }: { folder: string },
  beside: (path: string) => string,
): Promise<{ settings: object; state: StateDict }> {
  const from = beside(folder);
  const { type, configuration } = await readJsonFile(join(from, 'configuration.json'), vocoderFile);
  const state = foldWeightNorm(await readStateFile(join(from, 'weights.safetensors')));
  return { settings: { type, weights: 'vocoder.safetensors', configuration, ...rest }, state };
}
