import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDict } from '@visual-echoes/core';
import { readStateFile, writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import { MANIFEST_FILE, type ModelManifest, parseManifest } from 'visual-echoes/node';
import { melShape } from '../prepare/clip-form.js';
import type { TokenizerParts } from '../prepare/tokenizers.js';
import type { DatasetTransformerFile } from './dataset-transformer-file.js';
import { manifestParts } from './manifest-parts.js';
import type { ReadVocoder } from './read-vocoder.js';

export interface TrainedModel {
  configuration: MaskedTransformerConfiguration;
  /** The names of the field "label"; empty where there is none. */
  labels: readonly string[];
  /** Instead of the audio tokenizer's. */
  vocoder?: Pick<ReadVocoder, 'settings' | 'state' | 'origin'> | undefined;
  /** What the folder says of itself; licence and attribution are those of its parts where left out. */
  about: Omit<DatasetTransformerFile['model'], 'vocoder'>;
}

/**
 * What the model folder of two tokenizers, the vocoder of the second, and a transformer over their tokens says.
 * @throws ConfigurationError for what a model folder cannot say.
 */
export function trainedManifest(
  { image, audio }: TokenizerParts,
  { configuration, labels, vocoder: other, about }: TrainedModel,
): ModelManifest {
  const vocoder = other?.settings ?? audio.vocoder;
  const origins = [image.origin, audio.origin, other?.origin].filter((origin) => origin !== undefined);
  const licenses = new Set(origins.flatMap(({ license }) => license ?? []));
  const {
    name,
    sampling = {}, // how the tokenizers' own transformer was sampled says nothing of this one
    license = [...licenses].join(' AND ') || undefined,
    attribution = [...new Set(origins.flatMap((origin) => origin.attribution))],
  } = about;
  const manifest = {
    format: 1,
    name,
    parts: manifestParts({
      image: {
        configuration: image.configuration,
        picture: image.picture,
        preprocessing: { type: image.preprocessing },
      },
      audio: {
        configuration: audio.configuration,
        mel: { ...audio.mel, frames: melShape(audio.mel).frames },
        preprocessing: audio.sound,
        vocoder: 'weights' in vocoder ? { ...vocoder, weights: 'vocoder.safetensors' } : vocoder,
      },
      transformer: configuration,
    }),
    classes: labels.length > 0 ? { field: 'label', names: labels } : undefined,
    sampling,
    license,
    attribution,
  };
  return parseManifest(JSON.stringify(manifest), 'the model folder');
}

/**
 * Writes a model folder in half precision: the tokenizers' weights, those of the transformer and of another vocoder than
 * the audio tokenizer's, and its manifest.
 * @throws FileAccessError, CheckpointError.
 */
export async function writeTrainedModel(
  out: string,
  { image, audio }: TokenizerParts,
  manifest: ModelManifest,
  { transformer, vocoder }: { transformer: StateDict; vocoder?: StateDict | undefined },
): Promise<void> {
  const { parts } = manifest;
  await mkdir(out, { recursive: true });
  const files = {
    [parts.image.weights]: image.weights,
    [parts.audio.weights]: audio.weights,
    ...('weights' in parts.audio.vocoder &&
      !vocoder &&
      'weights' in audio.vocoder && { [parts.audio.vocoder.weights]: audio.vocoder.weights }),
  };
  for (const [name, from] of Object.entries(files)) {
    await writeStateFile(join(out, name), await readStateFile(from), { type: 'f16' });
  }
  if (vocoder && 'weights' in parts.audio.vocoder) {
    await writeStateFile(join(out, parts.audio.vocoder.weights), vocoder, { type: 'f16' });
  }
  await writeStateFile(join(out, parts.transformer.weights), transformer, { type: 'f16' });
  await writeFileAtomically(join(out, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`]);
}
