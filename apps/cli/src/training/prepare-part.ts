import { dirname, resolve } from 'node:path';
import { ConfigurationError, type StateDict } from '@visual-echoes/core';
import { readJson } from '@visual-echoes/core/node';
import type { z } from 'zod';
import type { DataFolders } from '../data/data-folders.js';
import { parseSettings } from '../data/read-json-file.js';
import { identityOfFiles } from '../files/divide-files.js';
import type { TokenizerNames } from '../prepare/tokenizers.js';
import { openForTraining, type TrainingDataset } from './dataset-samples.js';
import { type DatasetTransformerFile, datasetTransformerFile } from './dataset-transformer-file.js';
import { findPictures } from './folder-pictures.js';
import { openMedia } from './media-samples.js';
import { prepareAudioTokenizer } from './prepare-audio-tokenizer.js';
import { prepareImageTokenizer } from './prepare-image-tokenizer.js';
import { type DatasetTransformerSources, runDatasetTransformer } from './run-dataset-transformer.js';
import type { RunOptions } from './run-options.js';
import { runTransformer } from './run-transformer.js';
import { runVocoder } from './run-vocoder.js';
import { findSoundsToVocode } from './sounds-to-vocode.js';
import {
  type AudioTokenizerFile,
  audioTokenizerFile,
  type ImageTokenizerFile,
  imageTokenizerFile,
  transformerFile,
} from './training-file.js';
import { vocoderFile } from './vocoder-file.js';
import { withSettings } from './with-settings.js';

/** What `visual-echoes train` trains. */
export const TRAINABLE_PARTS = ['image-tokenizer', 'audio-tokenizer', 'vocoder', 'transformer'];

export interface PartSources {
  /** Settings instead of the training file's: `training.steps=500`. */
  set?: readonly string[] | undefined;
  /** The run's folder. */
  out: string;
  /** The folders of MNIST and FSDD. @throws ConfigurationError where they are not found. */
  data: () => DataFolders;
  /** A dataset's folder, instead of the one that the training file names. */
  dataset?: string | undefined;
  /** A folder of pictures for an image tokenizer, instead of the one that the training file names. */
  pictures?: string | undefined;
  /** A folder of sounds for a vocoder, instead of the one that the training file names. */
  sounds?: string | undefined;
  /** The tokenizers of a dataset of tokens. */
  tokenizers?: TokenizerNames | undefined;
  /** A vocoder for the model of a transformer over a dataset, instead of the one that the training file names. */
  vocoder?: string | undefined;
}

/** A training that can begin. */
export interface PreparedPart {
  /** What must not change between a run and its continuation. */
  fingerprint: string;
  logEvery?: number | undefined;
  /** Trains; returns the weights, and the settings to keep beside them. */
  run: (options: RunOptions) => Promise<{ state: StateDict; settings: object }>;
}

/**
 * Reads the training file of a part and finds its data.
 * @throws FileAccessError, ConfigurationError.
 */
export async function preparePart(
  part: string,
  config: string,
  { set = [], out, data, dataset, pictures, sounds, tokenizers, vocoder }: PartSources,
): Promise<PreparedPart> {
  if (!TRAINABLE_PARTS.includes(part)) {
    throw new ConfigurationError(`There is no part "${part}"; train one of ${TRAINABLE_PARTS.join(', ')}.`);
  }
  const settings = withSettings(await readJson(config), set);
  const read = <T>(schema: z.ZodType<T>): T => parseSettings(settings, config, schema);
  const beside = (path: string) => resolve(dirname(config), path);
  /** A folder of an option, or else the one that the training file names. */
  const placed = (given: string | undefined, named: string | undefined) =>
    given ?? (named === undefined ? undefined : beside(named));
  const isOverTokens = part === 'transformer' && !Object.hasOwn(Object(settings), 'imageTokenizer');
  if (sounds !== undefined && part !== 'vocoder') {
    throw new ConfigurationError(`--sounds is for a vocoder, and the ${part} takes no sounds; leave it out.`);
  }
  if (vocoder !== undefined && !isOverTokens) {
    throw new ConfigurationError(
      '--vocoder is for the model of a transformer over a dataset; leave it out, or name the vocoder in "model".',
    );
  }
  const sources = { out, tokenizers, vocoder, beside };
  if (isOverTokens) {
    const file = read(datasetTransformerFile);
    const folder = placed(dataset, file.dataset);
    if (folder === undefined) {
      throw new ConfigurationError(
        `${config} names no dataset; add "dataset", or --dataset with a folder that visual-echoes prepare made.`,
      );
    }
    return overTokens(file, folder, sources);
  }
  if (pictures !== undefined && part !== 'image-tokenizer') {
    throw new ConfigurationError(
      `--pictures is for an image tokenizer, and the ${part} takes none; leave it out.`,
    );
  }
  if (part === 'image-tokenizer' || part === 'audio-tokenizer') {
    const schema = { 'image-tokenizer': imageTokenizerFile, 'audio-tokenizer': audioTokenizerFile }[part];
    const file = read(schema as z.ZodType<ImageTokenizerFile | AudioTokenizerFile>);
    const named = 'picture' in file ? file.pictures : undefined;
    const pictureFolder = placed(pictures, dataset === undefined ? named : undefined);
    const folder = placed(dataset, file.dataset);
    if (pictureFolder !== undefined && folder !== undefined) {
      throw new ConfigurationError(
        'An image tokenizer is trained on a folder of pictures or on a dataset; leave out one of the two.',
      );
    }
    // Where the data lie may change between a run and its continuation, what is in them may not.
    const { dataset: _, ...fingerprint } = file;
    const of = { splits: file.splits, seed: file.training.seed };
    const found = pictureFolder === undefined ? undefined : await findPictures(pictureFolder, of);
    const media = folder === undefined ? undefined : await openMedia(folder, file.splits);
    const rows = found ? identityOfFiles(found) : media?.shards;
    const train = await ('picture' in file
      ? prepareImageTokenizer(file, beside, found ?? media ?? data())
      : prepareAudioTokenizer(file, beside, media ?? data()));
    return {
      fingerprint: JSON.stringify({ ...fingerprint, pictures: undefined, rows }),
      logEvery: file.training.logEvery,
      run: async (run) => ({ state: await train(run), settings: file }),
    };
  }
  if (dataset !== undefined) {
    throw new ConfigurationError(
      part === 'vocoder'
        ? '--dataset is of pictures and mels, and a vocoder is trained on sounds; name their folder with --sounds.'
        : `--dataset is for tokenizers, and for transformers over tokens; ${config} is a training on MNIST and FSDD.`,
    );
  }
  if (part === 'vocoder') {
    const file = read(vocoderFile);
    const { sounds: named, splits: _, validation: __, ...fingerprint } = file;
    const folder = placed(sounds, named);
    if (folder === undefined && !file.preprocessing) {
      throw new ConfigurationError(
        `${config} names no sounds, and no "preprocessing" of spoken digits; add --sounds with a folder of sounds.`,
      );
    }
    const found = folder === undefined ? undefined : await findSoundsToVocode(folder, file, { out });
    const source = found ?? data();
    return {
      // Where sounds lie may change between a run and its continuation, what they are may not.
      fingerprint: JSON.stringify({ ...fingerprint, ...(found && { sounds: identityOfFiles(found) }) }),
      logEvery: file.training.logEvery,
      run: async (run) => ({ state: await runVocoder(file, beside, source, run), settings: file }),
    };
  }
  const folders = data();
  const file = read(transformerFile);
  // What the model folder says of itself may change between a run and its continuation.
  const { model: _, ...fingerprint } = file;
  return {
    fingerprint: JSON.stringify(fingerprint),
    logEvery: file.training.logEvery,
    run: async (run) => {
      const { state, configuration } = await runTransformer(file, beside, out, folders, run);
      return { state, settings: { ...file, configuration } };
    },
  };
}

async function overTokens(
  file: DatasetTransformerFile,
  folder: string,
  sources: Omit<DatasetTransformerSources, keyof TrainingDataset>,
): Promise<PreparedPart> {
  if (sources.vocoder !== undefined && !sources.tokenizers) {
    throw new ConfigurationError(
      '--vocoder is for RUN/model, which needs tokenizers too; add --model, or --image-tokenizer and --audio-tokenizer.',
    );
  }
  const opened = await openForTraining(folder, file);
  // Where things lie and what is only told on the way may change between a run and its continuation. What is in the
  // dataset may not: the order of the samples is by its rows.
  const { dataset: _, validation: __, samples: ___, model: ____, ...rest } = file;
  const { labels } = opened.dataset;
  const rows = opened.dataset.shards(opened.splits.train);
  return {
    fingerprint: JSON.stringify({ ...rest, fields: opened.fields, labels, rows }),
    logEvery: file.training.logEvery,
    run: async (run) => {
      const { state, configuration } = await runDatasetTransformer(file, { ...opened, ...sources }, run);
      return { state, settings: { ...file, configuration } };
    },
  };
}
