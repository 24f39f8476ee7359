import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { ConfigurationError } from '@visual-echoes/core';
import { FileCheckpointStore, writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { Command } from 'commander';
import { RunReport } from '../curves/run-report.js';
import { dataFolders } from '../data/data-folders.js';
import { preparePart, TRAINABLE_PARTS } from '../training/prepare-part.js';

interface TrainCommandOptions {
  config: string;
  set: string[];
  out: string;
  data?: string;
  dataset?: string;
  pictures?: string;
  sounds?: string;
  model?: string;
  imageTokenizer?: string;
  audioTokenizer?: string;
  vocoder?: string;
  backend?: BackendName;
  resume?: boolean;
  until?: number;
}

/** Adds `visual-echoes train` to the program. */
export function register(program: Command): void {
  program
    .command('train')
    .description('train one part of a model; a stopped run goes on with --resume')
    .argument('<part>', TRAINABLE_PARTS.join(', '))
    .requiredOption('--config <file>', 'training configuration, JSON')
    .option(
      '--set <setting=value>',
      'a setting of the configuration to train with instead, by its path, such as training.steps=500; repeatable',
      (pair: string, before: string[]) => [...before, pair],
      [],
    )
    .requiredOption('--out <folder>', 'where the run keeps its checkpoint, log and weights')
    .option('--data <folder>', 'folder that holds mnist/ and fsdd/ (or VISUAL_ECHOES_DATA)')
    .option(
      '--dataset <folder>',
      'dataset that prepare made: of tokens for the transformer, of pictures and mels for tokenizers',
    )
    .option(
      '--pictures <folder>',
      'pictures for the image tokenizer, in any folders: those named train, val and test are splits, others classes',
    )
    .option(
      '--sounds <folder>',
      'sounds for the vocoder, in any folders: those named train, val and test are splits, others classes',
    )
    .option(
      '--model <folder>',
      'model folder whose tokenizers made a dataset’s tokens: samples are drawn, and RUN/model is a whole model',
    )
    .option('--image-tokenizer <folder>', 'the same of pictures, from this training run or model folder')
    .option('--audio-tokenizer <folder>', 'likewise of sounds')
    .option(
      '--vocoder <folder>',
      'vocoder for RUN/model, of a training run or a model folder; the tokenizer’s, or Griffin-Lim, if left out',
    )
    .option('--backend <name>', 'tensorflow, wasm or cpu')
    .option('--resume', 'go on from the checkpoint in --out')
    .option(
      '--until <step>',
      'end after this step of the schedule; the rest can be trained later with --resume',
      Number,
    )
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes train image-tokenizer --config image-tokenizer.json --data data --out runs/image
  visual-echoes train transformer --config transformer.json --data data --out runs/transformer --resume
  visual-echoes train transformer --config medium.json --dataset tokens --out runs/medium
  visual-echoes train image-tokenizer --config colour.json --pictures photos --out runs/colour
  visual-echoes train vocoder --config sounds/vocoder.json --sounds recordings --out runs/vocoder
  visual-echoes train transformer --config medium.json --dataset tokens --out runs/medium \\
    --image-tokenizer runs/image --audio-tokenizer runs/audio --vocoder runs/vocoder
  visual-echoes train transformer --config medium.json --set masking.ratio.mean=0.7 --dataset tokens --out runs/seventy
  tensorboard --logdir runs

Ctrl-C saves a checkpoint and stops. The run writes weights.safetensors, configuration.json, log.jsonl and events for
TensorBoard to --out.`,
    )
    .action(trainPart);
}

async function trainPart(part: string, options: TrainCommandOptions): Promise<void> {
  const { config, set, out, data, dataset, pictures, sounds, vocoder } = options;
  const { model, imageTokenizer, audioTokenizer } = options;
  const { backend, resume, until } = options;
  if (until !== undefined && !(Number.isSafeInteger(until) && until > 0)) {
    throw new ConfigurationError(`--until names a step, 1 or more; ${until} is none.`);
  }
  const checkpoint = join(out, 'checkpoint.safetensors');
  if (existsSync(checkpoint) && !resume) {
    throw new ConfigurationError(
      `${out} holds a run already; add --resume to go on with it, or name another folder.`,
    );
  }
  const tokenizers =
    (model ?? imageTokenizer ?? audioTokenizer) ? { model, imageTokenizer, audioTokenizer } : undefined;
  const prepared = await preparePart(part, config, {
    set,
    out,
    dataset,
    pictures,
    sounds,
    tokenizers,
    vocoder,
    data: () => dataFolders(data),
  });
  await selectBackend({ prefer: backend, onMessage: (line) => console.error(line) });
  await mkdir(out, { recursive: true });

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const report = new RunReport({ out, every: prepared.logEvery });
  const { state, settings } = await prepared.run({
    store: new FileCheckpointStore(checkpoint, { onWarning: (line) => report.say(line) }),
    fingerprint: prepared.fingerprint,
    signal: stop.signal,
    until,
    onMessage: (line) => report.say(line),
    onStart: (after) => report.start(after),
    onProgress: (progress) => report.progress(progress),
    onValidation: (step, figures) => report.validation(step, figures),
    onPictures: (step, pictures) => report.pictures(step, pictures),
  });
  await writeFileAtomically(join(out, 'configuration.json'), [`${JSON.stringify(settings, null, 2)}\n`]);
  await writeStateFile(join(out, 'weights.safetensors'), state);
  report.say(`The trained weights are in ${join(out, 'weights.safetensors')}.`);
}
