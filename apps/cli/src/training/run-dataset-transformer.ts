import { join } from 'node:path';
import { Random, type StateDict, type TokenField } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import {
  MaskedTransformer,
  type MaskedTransformerConfiguration,
  transformerSizes,
} from '@visual-echoes/masked-transformer';
import { type TrainingDataset, trainingPairs, validationPairs } from './dataset-samples.js';
import { datasetTokenizers } from './dataset-tokenizers.js';
import type { DatasetTransformerFile } from './dataset-transformer-file.js';
import { maskedFigures } from './masked-figures.js';
import type { RunOptions } from './run-options.js';
import { sampleSheets } from './sample-sheets.js';
import { trainTransformer } from './train-transformer.js';
import { writeTrainedModel } from './write-trained-model.js';

export interface DatasetTransformerSources extends TrainingDataset {
  /** A path relative to the training file. */
  beside: (path: string) => string;
  /** The run's folder. */
  out: string;
  /** A model folder with the dataset's tokenizers. */
  model?: string | undefined;
}

/**
 * Trains a transformer over the tokens of a dataset, shard by shard; returns the averaged weights where there is an
 * average. With a model folder, `out/samples` gets sheets of samples, and `out/model` a model of its tokenizers.
 */
export async function runDatasetTransformer(
  file: DatasetTransformerFile,
  { beside, out, model: modelFolder, ...opened }: DatasetTransformerSources,
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
  if (file.start) {
    model.loadStateDict(await readStateFile(join(beside(file.start), 'weights.safetensors')));
  }
  const held = await validationPairs(opened, file);
  const tokenizers = modelFolder === undefined ? undefined : await datasetTokenizers(modelFolder, dataset);
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
        accumulate,
        draw: (step) => pairs.take((step - 1) * batchSize, batchSize),
        validate,
      },
      run,
    );
    if (modelFolder !== undefined) {
      const labels = file.label ? dataset.labels : [];
      await writeTrainedModel(join(out, 'model'), modelFolder, { state, configuration, labels });
    }
    return { state, configuration };
  } finally {
    await close();
    tokenizers?.image.dispose();
    tokenizers?.audio.dispose();
    model.dispose();
  }
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
