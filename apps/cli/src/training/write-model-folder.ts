import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDict } from '@visual-echoes/core';
import { writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import { MANIFEST_FILE } from 'visual-echoes/node';
import { melShape } from '../prepare/clip-form.js';
import { manifestParts } from './manifest-parts.js';
import { readVocoderFor } from './read-vocoder.js';
import type { loadAudioTokenizer, loadImageTokenizer } from './tokenize-digits.js';
import type { TransformerFile } from './training-file.js';

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
  const trained =
    'type' in vocoder ? undefined : await readVocoderFor(audio.file.mel, beside(vocoder.folder));
  const { folder: _, ...how } = { folder: undefined, ...vocoder };
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
        vocoder: { ...trained?.settings, ...how },
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
    ...(trained?.state && { vocoder: trained.state }),
  };
  for (const [part, state] of Object.entries(states)) {
    await writeStateFile(join(folder, `${part}.safetensors`), state, { type: 'f16' });
  }
  await writeFileAtomically(join(folder, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`]);
}
