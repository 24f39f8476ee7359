import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, Random, type StateDict, type TokenField } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import { MaskedTransformer, type MaskedTransformerConfiguration } from '@visual-echoes/masked-transformer';
import type { DataFolders } from '../data/data-folders.js';
import { readVoices } from '../data/fsdd.js';
import type { RunOptions } from './run-options.js';
import { cachedTokenSets, TokenBank } from './token-bank.js';
import {
  loadAudioTokenizer,
  loadImageTokenizer,
  tokenizePictures,
  tokenizeSounds,
} from './tokenize-digits.js';
import { trainTransformer } from './train-transformer.js';
import type { TransformerFile } from './training-file.js';
import { useCodebooks } from './use-codebooks.js';
import { validationFigures } from './validation-figures.js';
import { writeModelFolder } from './write-model-folder.js';

/** Ten digits. */
const CLASSES = 10;

/**
 * Trains the transformer over image, audio, label and voice, and writes the whole model into `out/model`; returns the averaged
 * weights where there is an average.
 */
export async function runTransformer(
  file: TransformerFile,
  beside: (path: string) => string,
  out: string,
  data: DataFolders,
  run: RunOptions,
): Promise<{ state: StateDict; configuration: MaskedTransformerConfiguration }> {
  const image = await loadImageTokenizer(beside(file.imageTokenizer));
  const audio = await loadAudioTokenizer(beside(file.audioTokenizer));
  const { seed } = file.training;
  const pictures = await cachedTokenSets(join(out, 'picture-tokens.safetensors'), () =>
    tokenizePictures(image, data, {
      variants: file.variants.image,
      seed,
      augmentation: file.pictureAugmentation,
    }),
  );
  const voices = await readVoices(data.fsdd);
  const sounds = await cachedTokenSets(join(out, 'sound-tokens.safetensors'), () =>
    tokenizeSounds(audio, data, {
      variants: file.variants.audio,
      seed,
      voices,
      augmentation: file.soundAugmentation,
    }),
  );
  const fields: TokenField[] = [
    { name: 'image', grid: image.tokenizer.grid, vocabulary: image.tokenizer.vocabulary },
    { name: 'audio', grid: audio.tokenizer.grid, vocabulary: audio.tokenizer.vocabulary },
    { name: 'label', grid: [1, 1], vocabulary: CLASSES },
    { name: 'voice', grid: [1, 1], vocabulary: voices.length },
  ];
  const configuration = { ...file.configuration, fields } as unknown as MaskedTransformerConfiguration;
  const model = new MaskedTransformer(configuration, {
    random: new Random(seed).fork('weights'),
    embeddingDeviation: file.embeddingDeviation,
    positions: file.positions,
  });
  const tokenizers = { image: image.tokenizer, audio: audio.tokenizer };
  const targets = await useCodebooks(model, tokenizers, { ...file, seed, embeddings: true });
  if (file.start) {
    model.loadStateDict(await readStateFile(join(beside(file.start), 'weights.safetensors')));
  }
  const bank = new TokenBank(pictures.train, sounds.train);
  const held = drawPairs(
    new TokenBank(pictures.validation, sounds.validation),
    256,
    new Random(seed).fork('validation'),
  );
  const state = await trainTransformer(
    {
      ...file,
      model,
      targets,
      draw: (_, random) => drawPairs(bank, file.training.batchSize, random),
      validate: () => validationFigures(model, held),
    },
    run,
  );
  tf.dispose(targets);
  await writeModelFolder(
    join(out, 'model'),
    { image, audio, voices, transformer: { state, configuration } },
    file.model,
    beside,
  );
  return { state, configuration };
}

const drawPairs = (bank: TokenBank, count: number, random: Random): Canvas[] =>
  Array.from({ length: count }, () => bank.drawPair(random));
