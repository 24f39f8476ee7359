import { basename, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, Random, type StateDict, type TokenField } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import {
  MaskedTransformer,
  type MaskedTransformerConfiguration,
  transformerSizes,
} from '@visual-echoes/masked-transformer';
import type { TokenizerNames, Tokenizers } from '../prepare/tokenizers.js';
import { type TrainingDataset, trainingPairs, validationPairs } from './dataset-samples.js';
import { datasetTokenizers } from './dataset-tokenizers.js';
import type { DatasetTransformerFile } from './dataset-transformer-file.js';
import { maskedFigures } from './masked-figures.js';
import { type ReadVocoder, readVocoderFor } from './read-vocoder.js';
import type { RunOptions } from './run-options.js';
import { sampleSheets } from './sample-sheets.js';
import { trainTransformer } from './train-transformer.js';
import { useCodebooks } from './use-codebooks.js';
import { trainedManifest, writeTrainedModel } from './write-trained-model.js';

export interface DatasetTransformerSources extends TrainingDataset {
  /** A path relative to the training file. */
  beside: (path: string) => string;
  /** The run's folder. */
  out: string;
  /** The dataset's tokenizers: of a model folder, or of two training runs. */
  tokenizers?: TokenizerNames | undefined;
  /** The vocoder of the model, of a training run or a model folder, instead of the training file's. */
  vocoder?: string | undefined;
}

/**
 * Trains a transformer over the tokens of a dataset, shard by shard; returns the averaged weights where there is an
 * average. With tokenizers, `out/samples` gets sheets of samples, and `out/model` is a model of them.
 */
export async function runDatasetTransformer(
  file: DatasetTransformerFile,
  { beside, out, tokenizers: names, vocoder: vocoderName, ...opened }: DatasetTransformerSources,
  run: RunOptions,
): Promise<{ state: StateDict; configuration: MaskedTransformerConfiguration }> {
  const { dataset, fields } = opened;
  const configuration = configurationOver(fields, file.configuration);
  const { seed, batchSize, baseRate, accumulate, ...training } = file.training;
  const model = new MaskedTransformer(configuration, {
    random: new Random(seed).fork('weights'),
    embeddingDeviation: file.embeddingDeviation,
    positions: file.positions,
  });
  const held = await validationPairs(opened, file);
  const named = names && (await datasetTokenizers(names, dataset));
  const tokenizers = named?.tokenizers;
  const targets = await targetsOf(model, tokenizers, file);
  if (file.start) {
    model.loadStateDict(await readStateFile(join(beside(file.start), 'weights.safetensors')));
  }
  const labels = file.label ? dataset.labels : [];
  const { vocoder: wanted, ...said } = file.model;
  const vocoder = named && (await vocoderOf(named.parts.audio.mel, wanted, { name: vocoderName, beside }));
  const about = { name: basename(resolve(out)), ...said };
  const manifest = named && trainedManifest(named.parts, { configuration, labels, vocoder, about });
  const { pairs, close } = trainingPairs(opened, file);
  const validate = async (step: number) => {
    const { samples } = file;
    if (tokenizers && samples && step % samples.every === 0) {
      const options = { ...samples, out: join(out, 'samples'), step, pairs: held.slice(0, samples.count) };
      run.onPictures?.(step, await sampleSheets(model, tokenizers, options));
    }
    return maskedFigures(model, held, { ...file.validation, seed });
  };
  try {
    const state = await trainTransformer(
      {
        ...file,
        training: { ...training, seed, batchSize, learningRate: (baseRate * batchSize) / 256 },
        model,
        targets,
        accumulate,
        draw: (step) => pairs.take((step - 1) * batchSize, batchSize),
        validate,
      },
      run,
    );
    if (named && manifest) {
      const states = { transformer: state, vocoder: vocoder?.state };
      await writeTrainedModel(join(out, 'model'), named.parts, manifest, states);
    }
    return { state, configuration };
  } finally {
    await close();
    tokenizers?.image.dispose();
    tokenizers?.audio.dispose();
    tf.dispose(targets);
    model.dispose();
  }
}

/** What the tokenizers' codebooks give to the training, where it asks for that. */
async function targetsOf(
  model: MaskedTransformer,
  tokenizers: Tokenizers | undefined,
  { embeddings, similarCodes, training: { seed } }: DatasetTransformerFile,
): Promise<Record<string, tf.Tensor2D>> {
  if (embeddings === 'noise' && Object.keys(similarCodes).length === 0) return {};
  if (!tokenizers) {
    const what = embeddings === 'codes' ? '"embeddings": "codes"' : '"similarCodes"';
    throw new ConfigurationError(
      `${what} needs the codebooks; name the tokenizers with --model, or with --image-tokenizer and --audio-tokenizer.`,
    );
  }
  return useCodebooks(model, tokenizers, { seed, similarCodes, embeddings: embeddings === 'codes' });
}

/** The vocoder that a model is to have instead of its audio tokenizer's; `undefined` for none. */
async function vocoderOf(
  mel: object,
  wanted: DatasetTransformerFile['model']['vocoder'],
  { name, beside }: { name: string | undefined; beside: (path: string) => string },
): Promise<Pick<ReadVocoder, 'settings' | 'state' | 'origin'> | undefined> {
  const { folder, ...how } = { folder: undefined, ...wanted };
  const from = name ?? (folder === undefined ? undefined : beside(folder));
  if (from === undefined) return wanted && { settings: how as ReadVocoder['settings'] };
  const vocoder = await readVocoderFor(mel, from);
  // Of Griffin-Lim in the file nothing goes with another vocoder.
  return 'type' in how ? vocoder : { ...vocoder, settings: { ...vocoder.settings, ...how } };
}

/** A whole configuration over these fields. */
export function configurationOver(
  fields: readonly TokenField[],
  given: DatasetTransformerFile['configuration'],
): MaskedTransformerConfiguration {
  if (typeof given === 'string') return { ...transformerSizes[given], fields };
  const { size, ...own } = given as { size?: keyof typeof transformerSizes };
  return { ...(size && transformerSizes[size]), ...own, fields } as MaskedTransformerConfiguration;
}
