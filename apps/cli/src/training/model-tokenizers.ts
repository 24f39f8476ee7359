import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, type StateDict, type TokenField } from '@visual-echoes/core';
import {
  fileAccessError,
  readStateFile,
  writeFileAtomically,
  writeStateFile,
} from '@visual-echoes/core/node';
import type { MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import { AudioTokenizer } from '@visual-echoes/vq-audio';
import { ImageTokenizer } from '@visual-echoes/vq-image';
import { findModel, type PartialModelManifest, parsePartialManifest } from 'visual-echoes/node';
import { readDatasetFile } from '../dataset/dataset-file.js';

const MANIFEST = 'visual-echoes.json';

/** The tokenizers of a model folder, which need not have a transformer. */
export class ModelTokenizers {
  readonly image: ImageTokenizer;
  readonly audio: AudioTokenizer;
  private readonly folder: string;
  private readonly manifest: PartialModelManifest;

  private constructor(folder: string, manifest: PartialModelManifest) {
    const { image, audio } = manifest.parts;
    if (!image || !audio) {
      throw new ConfigurationError(
        `${folder} has no tokenizer of ${image ? 'sounds' : 'pictures'}; train it, or bring it by visual-echoes convert.`,
      );
    }
    this.folder = folder;
    this.manifest = manifest;
    this.image = new ImageTokenizer(image.configuration, image.picture);
    const { melBands: bands, frames } = audio.mel;
    this.audio = new AudioTokenizer(audio.configuration, { bands, frames });
  }

  /** Loads them. @throws FileAccessError, ConfigurationError, CheckpointError. */
  static async load(name: string): Promise<ModelTokenizers> {
    const folder = findModel(name);
    const path = join(folder, MANIFEST);
    const text = await readFile(path, 'utf8').catch((cause) => {
      throw fileAccessError('read', path, cause);
    });
    const tokenizers = new ModelTokenizers(folder, parsePartialManifest(text, path));
    for (const part of ['image', 'audio'] as const) {
      tokenizers[part].loadStateDict(await readStateFile(tokenizers.weightsOf(part)));
    }
    return tokenizers;
  }

  /**
   * Checks that these are the tokenizers of a dataset's tokens.
   * @throws ConfigurationError where grids, vocabularies or weights differ.
   */
  async match(dataset: string, fields: readonly TokenField[]): Promise<void> {
    const file = await readDatasetFile(dataset);
    for (const part of ['image', 'audio'] as const) {
      const { grid, vocabulary } = this[part];
      const field = fields.find(({ name }) => name === part);
      if (field?.grid.join() !== grid.join() || field.vocabulary !== vocabulary) {
        throw new ConfigurationError(
          `The tokenizer "${part}" of ${this.folder} makes ${grid.join('×')} tokens out of ${vocabulary}, and ${dataset} has ` +
            `${field?.grid.join('×')} out of ${field?.vocabulary}; name the model folder that the dataset was made with.`,
        );
      }
      const made = file.holds === 'tokens' ? file.tokenizers[part] : undefined;
      if (made && made.sha256 !== (await sha256(this.weightsOf(part)))) {
        throw new ConfigurationError(
          `The tokens "${part}" of ${dataset} were made by other weights than ${this.folder} has (${made.name}); ` +
            'name the model folder that the dataset was made with.',
        );
      }
    }
  }

  /** Writes a model folder of these tokenizers and a transformer. @throws FileAccessError. */
  async writeModel(
    out: string,
    { state, configuration }: { state: StateDict; configuration: MaskedTransformerConfiguration },
    labels: readonly string[],
  ): Promise<void> {
    const { image, audio } = this.manifest.parts;
    const { classes: _, voices: __, sampling: ___, ...rest } = this.manifest;
    const weights = 'transformer.safetensors';
    const manifest = {
      ...rest,
      parts: { image, audio, transformer: { type: 'mage', weights, configuration } },
      ...(labels.length > 0 && { classes: { field: 'label', names: labels } }),
    };
    await mkdir(out, { recursive: true });
    const vocoder = audio && 'weights' in audio.vocoder ? [audio.vocoder] : [];
    for (const part of [image!, audio!, ...vocoder]) {
      const [from, to] = [join(this.folder, part.weights), join(out, part.weights)];
      await copyFile(from, to).catch((cause) => {
        throw fileAccessError('write', to, cause);
      });
    }
    await writeStateFile(join(out, weights), state, { type: 'f16' });
    await writeFileAtomically(join(out, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
  }

  dispose(): void {
    this.image.dispose();
    this.audio.dispose();
  }

  private weightsOf(part: 'image' | 'audio'): string {
    return join(this.folder, this.manifest.parts[part]!.weights);
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
