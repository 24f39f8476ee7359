import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError, type TokenField, type VqModelConfiguration } from '@visual-echoes/core';
import { fileAccessError, readStateFile } from '@visual-echoes/core/node';
import { AudioTokenizer, type MelConfig, type SoundPreprocessing } from '@visual-echoes/vq-audio';
import { ImageTokenizer } from '@visual-echoes/vq-image';
import {
  findModel,
  MANIFEST_FILE,
  type ModelManifest,
  type PartialModelManifest,
  parsePartialManifest,
} from 'visual-echoes/node';
import { readJsonFile } from '../data/read-json-file.js';
import {
  type AudioTokenizerFile,
  audioTokenizerFile,
  type ImageTokenizerFile,
  imageTokenizerFile,
} from '../training/training-file.js';
import { type ClipForm, melShape } from './clip-form.js';
import type { PictureForm } from './fit-picture.js';

/** Where an image tokenizer is, and what it takes. */
export interface ImagePart {
  weights: string;
  configuration: VqModelConfiguration;
  picture: PictureForm;
  preprocessing: ClipForm['preprocessing'];
  /** How a training run varied its pictures; a model folder does not tell. */
  augmentation: ImageTokenizerFile['augmentation'];
  origin?: Origin;
}

/** Where an audio tokenizer is, and what it takes. */
export interface AudioPart {
  weights: string;
  configuration: VqModelConfiguration;
  mel: MelConfig;
  sound: SoundPreprocessing;
  /** The file of its weights is named by its path. */
  vocoder: ModelManifest['parts']['audio']['vocoder'];
  /** How a training run varied its sounds; a model folder does not tell. */
  augmentation: AudioTokenizerFile['augmentation'];
  origin?: Origin;
}

/** What the model folder of a tokenizer says of its making; a training run says nothing. */
export type Origin = Pick<PartialModelManifest, 'name' | 'license' | 'attribution'>;

/** Which tokenizers are meant: both of a model folder, or each of a training run or a model folder of its own. */
export interface TokenizerNames {
  model?: string | undefined;
  imageTokenizer?: string | undefined;
  audioTokenizer?: string | undefined;
}

/** Two tokenizers before their weights are read. */
export interface TokenizerParts {
  image: ImagePart;
  audio: AudioPart;
}

/**
 * What the options name: the tokenizers of a model folder, or of two folders, each of a training run or of a model.
 * @throws FileAccessError, ConfigurationError.
 */
export async function findTokenizers({
  model,
  imageTokenizer = model,
  audioTokenizer = model,
}: TokenizerNames): Promise<TokenizerParts> {
  if (!imageTokenizer || !audioTokenizer) {
    const missing = imageTokenizer ? 'audio' : 'image';
    throw new ConfigurationError(
      `There is no ${missing} tokenizer; name one with --${missing}-tokenizer, or both with --model.`,
    );
  }
  return { image: await imagePart(imageTokenizer), audio: await audioPart(audioTokenizer) };
}

/** The image tokenizer of a training run or a model folder. @throws FileAccessError, ConfigurationError. */
export async function imagePart(name: string): Promise<ImagePart> {
  const folder = findModel(name);
  const manifest = await manifestOf(folder);
  if (manifest?.parts.image) {
    const { weights, configuration, picture, preprocessing } = manifest.parts.image;
    const how = preprocessing.type === 'mnist' ? 'mnist' : 'cover';
    return {
      weights: join(folder, weights),
      configuration,
      picture,
      preprocessing: how,
      augmentation: {},
      origin: originOf(manifest),
    };
  }
  const { configuration, picture, augmentation } = await readJsonFile(
    join(folder, RUN_FILE),
    imageTokenizerFile,
  );
  return {
    weights: join(folder, RUN_WEIGHTS),
    configuration: configuration as VqModelConfiguration,
    picture,
    preprocessing: 'cover',
    augmentation,
  };
}

/** The audio tokenizer of a training run or a model folder. @throws FileAccessError, ConfigurationError. */
export async function audioPart(name: string): Promise<AudioPart> {
  const folder = findModel(name);
  const manifest = await manifestOf(folder);
  if (manifest?.parts.audio) {
    const { weights, configuration, mel, preprocessing, vocoder } = manifest.parts.audio;
    const { frames: _, ...constants } = mel;
    return {
      weights: join(folder, weights),
      configuration,
      mel: constants,
      sound: preprocessing,
      vocoder: 'weights' in vocoder ? { ...vocoder, weights: join(folder, vocoder.weights) } : vocoder,
      augmentation: {},
      origin: originOf(manifest),
    };
  }
  const { configuration, mel, preprocessing, augmentation } = await readJsonFile(
    join(folder, RUN_FILE),
    audioTokenizerFile,
  );
  const sound = { type: 'speech', ...preprocessing };
  return {
    weights: join(folder, RUN_WEIGHTS),
    configuration: configuration as VqModelConfiguration,
    mel: mel as unknown as MelConfig,
    sound: sound as unknown as SoundPreprocessing,
    vocoder: { type: 'griffin-lim' },
    augmentation,
  };
}

export const originOf = ({ name, license, attribution }: PartialModelManifest): Origin => ({
  name,
  attribution,
  ...(license !== undefined && { license }),
});

/** What a finished training run leaves in its folder. */
export const RUN_FILE = 'configuration.json';
export const RUN_WEIGHTS = 'weights.safetensors';

/** What a model folder says; `undefined` where it is none. @throws FileAccessError, ConfigurationError. */
export async function manifestOf(folder: string) {
  const path = join(folder, MANIFEST_FILE);
  const text = await readFile(path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined;
    throw fileAccessError('read', path, cause);
  });
  return text === undefined ? undefined : parsePartialManifest(text, path);
}

/** Two tokenizers, ready. */
export interface Tokenizers {
  image: ImageTokenizer;
  audio: AudioTokenizer;
}

/** Reads the tokenizers' weights, onto the engine that is chosen. @throws FileAccessError, CheckpointError. */
export async function loadTokenizers({ image, audio }: TokenizerParts): Promise<Tokenizers> {
  const { picture, configuration } = image;
  const { bands, frames } = melShape(audio.mel);
  const loaded = {
    image: new ImageTokenizer(configuration, {
      ...picture,
      batchSize: batchOf(configuration, picture.width * picture.height),
    }),
    audio: new AudioTokenizer(audio.configuration, {
      ...{ bands, frames },
      batchSize: batchOf(audio.configuration, bands * frames),
    }),
  };
  loaded.image.loadStateDict(await readStateFile(image.weights));
  loaded.audio.loadStateDict(await readStateFile(audio.weights));
  return loaded;
}

/** How many pieces go through a network at once, so that its widest layer takes 128 MiB at most. */
const batchOf = ({ ddconfig }: VqModelConfiguration, positions: number) =>
  Math.max(1, Math.min(32, Math.floor(2 ** 25 / (positions * (ddconfig.ch ?? 128)))));

/** The fields of two tokenizers' tokens. */
export const fieldsOf = ({ image, audio }: Tokenizers): TokenField[] => [
  { name: 'image', grid: image.grid, vocabulary: image.vocabulary },
  { name: 'audio', grid: audio.grid, vocabulary: audio.vocabulary },
];

/** Whether weights make tokens; of a network, all others are its decoder's, which may learn on behind tokens. */
export const makesTokens = (name: string) => /^(encoder|quant_conv|quantize)\./.test(name);

/**
 * What a dataset says of the tokenizers that it was made with: the SHA-256 of the weights that make tokens.
 * @throws FileAccessError, CheckpointError.
 */
export async function identify({ image, audio }: TokenizerParts) {
  const of = async ({ weights }: { weights: string }) => {
    const hash = createHash('sha256');
    const state = await readStateFile(weights);
    for (const name of Object.keys(state).sort()) {
      const { shape, data } = state[name]!;
      if (makesTokens(name)) {
        hash
          .update(`${name} ${shape}\n`)
          .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
    }
    const path = resolve(weights);
    return { name: join(basename(join(path, '..')), basename(path)), sha256: hash.digest('hex') };
  };
  return { image: await of(image), audio: await of(audio) };
}
