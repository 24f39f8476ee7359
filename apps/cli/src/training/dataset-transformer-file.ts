import { transformerSizes } from '@visual-echoes/masked-transformer';
import { z } from 'zod';
import { count, modelVocoder, schedule, splits, transformerTraining } from './training-file.js';

const sizes = Object.keys(transformerSizes) as (keyof typeof transformerSizes)[];
const sizeName = z.enum(sizes);
const ratios = z.array(z.number().gt(0).max(1));

/** A transformer over the tokens of a dataset that `visual-echoes prepare` made. */
export const datasetTransformerFile = z
  .strictObject({
    /** The dataset's folder, relative to this file; `--dataset` goes before it. */
    dataset: z.string().optional(),
    /** The fields that the dataset must have; whatever it has where left out. */
    fields: z
      .array(z.strictObject({ name: z.string(), grid: z.tuple([count, count]), vocabulary: count }))
      .optional(),
    splits,
    /** Whether the class is a field of one token more. */
    label: z.boolean().default(false),
    /** A size by name, or one with changes: `{ "size": "paper", "padding": "class-token" }`. */
    configuration: z.union(
      [sizeName, z.looseObject({ size: sizeName }), z.looseObject({ embedDim: count })],
      {
        error: `must be one of ${sizes.join(', ')}, an object with "size" and what differs, or a whole configuration`,
      },
    ),
    /** What the word embeddings start from: noise as in MAGE, or the codebooks, so that like codes start alike. */
    embeddings: z.enum(['noise', 'codes']).default('noise'),
    /** Shards whose rows are shuffled together; twice as many are in memory. */
    shardsTogether: count.default(8),
    ...transformerTraining,
    training: schedule.omit({ learningRate: true }).extend({
      /** The learning rate is this times `batchSize` / 256, as in MAE and MAGE. */
      baseRate: z.number().positive(),
      /** Into how many parts, one after the other, a step's `batchSize` samples are cut; the result is the same. */
      accumulate: count.default(1),
    }),
    validation: z
      .strictObject({
        /** Clips of the validation split, drawn once. */
        clips: z.int().min(2).default(256),
        /** Shares of masked tokens at which each field's loss is measured. */
        ratios: ratios.default([0.25, 0.5, 0.75, 1]),
        batchSize: count.default(32),
      })
      .prefault({}),
    /** Pictures and sounds that are sampled on the way, where `--model` names a folder with the tokenizers. */
    samples: z
      .strictObject({
        every: count,
        /** Of each kind: image → audio, audio → image, and both from nothing. */
        count: count.default(4),
        steps: count.default(16),
        guidance: z.number().default(2),
      })
      .optional(),
    /** What the model folder says of itself; the name is that of the run's folder where left out. */
    model: z
      .strictObject({
        name: z.string(),
        sampling: z.record(z.string(), z.looseObject({})),
        /** Instead of the audio tokenizer's; `--vocoder` goes before its folder. */
        vocoder: modelVocoder,
        license: z.string(),
        attribution: z.array(z.string()),
      })
      .partial()
      .default({}),
  })
  .check(({ value: { training, samples }, issues }) => {
    const { batchSize, accumulate, validateEvery } = training;
    const refuse = (input: number, path: string[], message: string) =>
      issues.push({ code: 'custom', input, path, message });
    if (accumulate > batchSize) {
      const message = `${batchSize} samples cannot be cut into ${accumulate} parts; take at most ${batchSize}`;
      refuse(accumulate, ['training', 'accumulate'], message);
    }
    if (samples && samples.every % validateEvery !== 0) {
      const message = `samples are made at validations; take a multiple of "validateEvery", ${validateEvery}`;
      refuse(samples.every, ['samples', 'every'], message);
    }
  });

export type DatasetTransformerFile = z.infer<typeof datasetTransformerFile>;
