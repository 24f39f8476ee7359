import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One call of `visual-echoes` on the way from videos to a report. */
export interface Stage {
  /** What it does, in words. */
  title: string;
  /** Its command line. */
  args: readonly string[];
  /** The file that is there when it is done; absent where the command itself sees what is left to do. */
  result?: string;
  /** Files that the result must not be older than. */
  inputs?: () => readonly string[];
  /** Where a training that was stopped goes on from. */
  checkpoint?: string;
  /** The dataset that it makes, which some clips may be missing from. */
  dataset?: string;
  /** Whether the rest can do without what fails in it. */
  isOptional?: boolean;
}

export interface StagesOptions {
  videos: string;
  out: string;
  /** The folder of `image-tokenizer.json`, `audio-tokenizer.json` and `transformer.json`. */
  training: string;
  /** Pixels a side. */
  picture: number;
  backend?: string | undefined;
}

/** The stages, in their order. */
export function stagesOf({ videos, out, training, picture, backend }: StagesOptions): Stage[] {
  const inside = (...names: string[]) => join(out, ...names);
  const [media, tokens, results] = [inside('media'), inside('tokens'), inside('results')];
  const on = backend === undefined ? [] : ['--backend', backend];
  const tokenizers = ['image', 'audio'].flatMap((name) => [
    `--${name}-tokenizer`,
    inside(`${name}-tokenizer`),
  ]);
  const model = inside('transformer', 'model');
  const trained = (part: string, dataset: string, more: readonly string[] = []): Stage => {
    const config = join(training, `${part}.json`);
    return {
      title: `Train the ${part.replace('-', ' ')}`,
      args: [
        ...['train', part, '--config', config, '--dataset', dataset, '--out', inside(part)],
        ...more,
        ...on,
      ],
      result: inside(part, 'weights.safetensors'),
      inputs: () => [config, ...shardsOf(dataset)],
      checkpoint: inside(part, 'checkpoint.safetensors'),
    };
  };
  return [
    {
      title: 'Prepare pictures and mel spectrograms',
      args: ['prepare', videos, '--out', media, '--picture', String(picture), '--encoding', 'png'],
      dataset: media,
    },
    trained('image-tokenizer', media),
    trained('audio-tokenizer', media),
    {
      title: 'Prepare tokens',
      args: ['prepare', media, '--out', tokens, ...tokenizers, ...on],
      dataset: tokens,
    },
    trained('transformer', tokens, tokenizers),
    {
      title: 'Make a frame of every video’s sound',
      args: [
        ...['generate', videos, '--to', 'image', '--model', model],
        ...['--out', inside('frames'), '--force', ...on], // of this model, if there was another before
      ],
      isOptional: true, // a video may have no sound
    },
    {
      title: 'Measure sounds made of frames, and frames made of sounds',
      args: ['evaluate', '--dataset', media, '--model', model, '--out', results, ...on],
    },
    {
      title: 'Write the report',
      args: ['report', results, '--out', inside('report.html'), '--title', 'Clips', '--force'],
    },
  ];
}

const shardsOf = (dataset: string) =>
  readdirSync(dataset)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => join(dataset, name));
