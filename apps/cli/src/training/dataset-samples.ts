import { resolve } from 'node:path';
import { type Canvas, ConfigurationError, Random, type TokenField } from '@visual-echoes/core';
import { openTokenDataset, type TokenDataset } from '../dataset/read-token-dataset.js';
import type { DatasetTransformerFile } from './dataset-transformer-file.js';
import { findSplits, type TrainingSplits } from './find-splits.js';
import { framesOf, pairAt } from './shards/packed-clips.js';
import { type PairStream, pairStream } from './shards/pair-stream.js';
import { readClips } from './shards/read-clips.js';
import { ShardThread } from './shards/shard-thread.js';

/** A dataset that fits a training file. */
export interface TrainingDataset {
  dataset: TokenDataset;
  /** The transformer's: the dataset's own, and the class where it is asked for. */
  fields: TokenField[];
  /** Of the clips that are trained on, and of those held back. */
  splits: TrainingSplits;
}

/**
 * Opens the dataset of a training.
 * @throws FileAccessError; ConfigurationError where it has other fields than the training file names, no clips or no
 * classes.
 */
export async function openForTraining(
  folder: string,
  file: DatasetTransformerFile,
): Promise<TrainingDataset> {
  const dataset = await openTokenDataset(folder);
  const splits = findSplits(dataset, file.splits);
  return { dataset, splits, fields: fieldsOver(dataset, file) };
}

function fieldsOver(dataset: TokenDataset, { fields: wanted, label }: DatasetTransformerFile): TokenField[] {
  const fields: TokenField[] = dataset.fields.map(({ name, grid, vocabulary }) => ({
    name,
    grid,
    vocabulary,
  }));
  for (const field of wanted ?? []) {
    const own = fields.find(({ name }) => name === field.name);
    if (own && inWords(own) === inWords(field)) continue;
    throw new ConfigurationError(
      `The training file is for ${inWords(field)}, and ${dataset.folder} has ${own ? inWords(own) : `no field "${field.name}"`}; ` +
        'prepare the dataset with tokenizers of that form, or change "fields".',
    );
  }
  if (!label) return fields;
  if (dataset.labels.length === 0) {
    throw new ConfigurationError(
      `${dataset.folder} names no labels; set "label" to false, or prepare it with labels.`,
    );
  }
  return [...fields, { name: 'label', grid: [1, 1], vocabulary: dataset.labels.length }];
}

const inWords = ({ name, grid, vocabulary }: TokenField) =>
  `"${name}" of ${grid.join('×')} tokens out of ${vocabulary}`;

/** The training pairs of a dataset, read in a thread of its own. */
export function trainingPairs(
  { dataset, splits }: TrainingDataset,
  { label, shardsTogether, training }: DatasetTransformerFile,
): { pairs: PairStream; close: () => Promise<void> } {
  const shards = dataset.shards(splits.train);
  const thread = new ShardThread(resolve(dataset.folder));
  const pairs = pairStream({
    form: dataset,
    sizes: shards.map(({ rows }) => rows),
    read: (shard) => thread.read(shards[shard]),
    seed: training.seed,
    label,
    together: shardsTogether,
  });
  return { pairs, close: () => thread.close() };
}

/** A frame and the sound of some clips that are held back, always the same ones. */
export async function validationPairs(
  { dataset, splits }: TrainingDataset,
  { label, validation, training }: DatasetTransformerFile,
): Promise<Canvas[]> {
  const random = new Random(training.seed).fork('validation');
  const total = dataset.count(splits.validation);
  const chosen = random.permutation(total).slice(0, validation.clips).sort();
  const pairs: Canvas[] = [];
  let first = 0;
  for (const shard of dataset.shards(splits.validation)) {
    let rows = [...chosen]
      .filter((row) => row >= first && row < first + shard.rows)
      .map((row) => row - first);
    first += shard.rows;
    for (const clips of rows.length > 0 ? await readClips(dataset, shard) : []) {
      for (const row of rows.filter((one) => one < clips.rows)) {
        const frame = random.integer(framesOf(clips, row));
        pairs.push(pairAt(clips, { row, frame, label }, dataset));
      }
      rows = rows.filter((row) => row >= clips.rows).map((row) => row - clips.rows);
    }
  }
  return pairs;
}
