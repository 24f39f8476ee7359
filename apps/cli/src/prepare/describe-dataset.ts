import { z } from 'zod';
import type { DatasetFile, MediaDatasetFile } from '../dataset/dataset-file.js';
import { type ClipForm, melShape } from './clip-form.js';
import type { Survey } from './plan-shards.js';
import type { PrepareOptions } from './prepare-options.js';
import type { TokenizerParts, Tokenizers } from './tokenizers.js';
import type { ClipVariation } from './vary-clips.js';

/** What a dataset is made with. */
export interface Plan {
  source: { kind: string; name: string };
  survey: Survey;
  options: PrepareOptions;
  form: ClipForm;
  /** How training clips are varied, where they are. */
  variation?: ClipVariation | undefined;
  /** Of the dataset that it is made of, where it is. */
  stored?: MediaDatasetFile | undefined;
}

/** The `dataset.json` of a dataset that is to be made; its shards have no counts of rows yet. */
export async function describeDataset(
  { source, survey, options, form, variation, stored }: Plan,
  tokens: { parts: TokenizerParts; tokenizers: Tokenizers } | undefined,
): Promise<DatasetFile> {
  const { clips, listing, labels, shards } = survey;
  const { picture, preprocessing, mel, sound, frames, variants, duration } = form;
  const settings = {
    ...(stored?.settings ?? {
      frames,
      augment: variants,
      duration,
      shard: options.shard,
      preprocessing,
      sound,
    }),
    ...(variation && {
      variants: { count: variation.count, ...variation.augmentation, seed: variation.seed },
    }),
  };
  const common = {
    format: 1 as const,
    source: { ...source, clips, listing },
    seed: stored?.seed ?? options.seed,
    labels,
    shards,
  };
  const constants = plain(mel);
  if (tokens) {
    const { fieldsOf, identify } = await import('./tokenizers.js');
    return {
      ...common,
      holds: 'tokens',
      settings: plain({ ...settings, picture, mel: constants }),
      fields: fieldsOf(tokens.tokenizers).map(({ name, grid: [rows, columns], vocabulary }) => ({
        name,
        grid: [rows, columns],
        vocabulary,
      })),
      tokenizers: await identify(tokens.parts),
    };
  }
  return {
    ...common,
    holds: 'media',
    settings: plain(settings),
    picture: { ...picture, encoding: options.encoding },
    mel: { ...melShape(mel), encoding: 'float16', configuration: constants },
  };
}

/** As JSON has it, so that it is equal to what is read back. */
const plain = (value: object) => z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));
