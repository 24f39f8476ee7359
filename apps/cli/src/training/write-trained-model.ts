import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDict } from '@visual-echoes/core';
import { fileAccessError, writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import { findModel, parsePartialManifest } from 'visual-echoes/node';

const MANIFEST = 'visual-echoes.json';

export interface TrainedTransformer {
  state: StateDict;
  configuration: MaskedTransformerConfiguration;
  /** The names of the field "label"; empty where there is none. */
  labels: readonly string[];
}

/**
 * Writes a model folder of the tokenizers and the vocoder of another one and a transformer that was trained on their
 * tokens. @throws FileAccessError, ConfigurationError.
 */
export async function writeTrainedModel(
  out: string,
  model: string,
  { state, configuration, labels }: TrainedTransformer,
): Promise<void> {
  const from = findModel(model);
  const path = join(from, MANIFEST);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileAccessError('read', path, cause);
  });
  // How the other transformer was sampled says nothing of this one.
  const { classes: _, voices: __, sampling: ___, ...rest } = parsePartialManifest(text, path);
  const { image, audio } = rest.parts;
  const weights = 'transformer.safetensors';
  const manifest = {
    ...rest,
    parts: { image, audio, transformer: { type: 'mage', weights, configuration } },
    ...(labels.length > 0 && { classes: { field: 'label', names: labels } }),
  };
  await mkdir(out, { recursive: true });
  const vocoder = audio && 'weights' in audio.vocoder ? [audio.vocoder] : [];
  for (const part of [image!, audio!, ...vocoder]) {
    const to = join(out, part.weights);
    await copyFile(join(from, part.weights), to).catch((cause) => {
      throw fileAccessError('write', to, cause);
    });
  }
  await writeStateFile(join(out, weights), state, { type: 'f16' });
  await writeFileAtomically(join(out, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
}
