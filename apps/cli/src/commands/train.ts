import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { ConfigurationError, type StateDict } from '@visual-echoes/core';
import { FileCheckpointStore, writeFileAtomically, writeStateFile } from '@visual-echoes/core/node';
import type { TrainingProgress } from '@visual-echoes/core/training';
import type { Command } from 'commander';
import { type DataFolders, dataFolders } from '../data/data-folders.js';
import { readJsonFile } from '../data/read-json-file.js';
import { runAudioTokenizer } from '../training/run-audio-tokenizer.js';
import { runImageTokenizer } from '../training/run-image-tokenizer.js';
import type { RunOptions } from '../training/run-options.js';
import { runTransformer } from '../training/run-transformer.js';
import { runVocoder } from '../training/run-vocoder.js';
import { audioTokenizerFile, imageTokenizerFile, transformerFile } from '../training/training-file.js';
import { vocoderFile } from '../training/vocoder-file.js';

interface TrainCommandOptions {
  config: string;
  out: string;
  data?: string;
  backend?: BackendName;
  resume?: boolean;
  until?: number;
}

const PARTS = ['image-tokenizer', 'audio-tokenizer', 'vocoder', 'transformer'];

/** Adds `visual-echoes train` to the program. */
export function register(program: Command): void {
  program
    .command('train')
    .description('train one part of a model; a stopped run goes on with --resume')
    .argument('<part>', PARTS.join(', '))
    .requiredOption('--config <file>', 'training configuration, JSON')
    .requiredOption('--out <folder>', 'where the run keeps its checkpoint, log and weights')
    .option('--data <folder>', 'folder that holds mnist/ and fsdd/ (or VISUAL_ECHOES_DATA)')
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

Ctrl-C saves a checkpoint and stops. The run writes weights.safetensors, configuration.json and log.jsonl to --out.`,
    )
    .action(trainPart);
}

async function trainPart(part: string, options: TrainCommandOptions): Promise<void> {
  const { out, data, backend, resume, until } = options;
  if (until !== undefined && !(Number.isSafeInteger(until) && until > 0)) {
    throw new ConfigurationError(`--until names a step, 1 or more; ${until} is none.`);
  }
  const checkpoint = join(out, 'checkpoint.safetensors');
  if (existsSync(checkpoint) && !resume) {
    throw new ConfigurationError(
      `${out} holds a run already; add --resume to go on with it, or name another folder.`,
    );
  }
  const folders = dataFolders(data);
  await selectBackend({ prefer: backend, onMessage: (line) => console.error(line) });
  await mkdir(out, { recursive: true });

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const log = join(out, 'log.jsonl');
  const { state, settings } = await runPart(part, options, folders, {
    store: new FileCheckpointStore(checkpoint, { onWarning: (line) => console.error(line) }),
    signal: stop.signal,
    until,
    onProgress: (progress) => {
      if (progress.step % 10 === 0 || progress.step === progress.steps) report(log, progress);
    },
    onValidation: (step, figures) => {
      console.error(`validation at step ${step}: ${inWords(figures)}`);
      void appendFile(log, `${JSON.stringify({ step, validation: figures })}\n`);
    },
  });
  await writeFileAtomically(join(out, 'configuration.json'), [`${JSON.stringify(settings, null, 2)}\n`]);
  await writeStateFile(join(out, 'weights.safetensors'), state);
  console.error(`The trained weights are in ${join(out, 'weights.safetensors')}.`);
}

async function runPart(
  part: string,
  { config, out }: TrainCommandOptions,
  folders: DataFolders,
  run: RunOptions,
): Promise<{ state: StateDict; settings: object }> {
  const beside = (path: string) => resolve(dirname(config), path);
  switch (part) {
    case 'image-tokenizer': {
      const file = await readJsonFile(config, imageTokenizerFile);
      const state = await runImageTokenizer(file, beside, folders, {
        ...run,
        fingerprint: JSON.stringify(file),
      });
      return { state, settings: file };
    }
    case 'audio-tokenizer': {
      const file = await readJsonFile(config, audioTokenizerFile);
      const state = await runAudioTokenizer(file, beside, folders, {
        ...run,
        fingerprint: JSON.stringify(file),
      });
      return { state, settings: file };
    }
    case 'vocoder': {
      const file = await readJsonFile(config, vocoderFile);
      const state = await runVocoder(file, beside, folders, { ...run, fingerprint: JSON.stringify(file) });
      return { state, settings: file };
    }
    case 'transformer': {
      const file = await readJsonFile(config, transformerFile);
      // What the model folder says of itself may change between a run and its continuation.
      const { model: _, ...fingerprint } = file;
      const trained = await runTransformer(file, beside, out, folders, {
        ...run,
        fingerprint: JSON.stringify(fingerprint),
      });
      return { state: trained.state, settings: { ...file, configuration: trained.configuration } };
    }
    default:
      throw new ConfigurationError(`There is no part "${part}"; train one of ${PARTS.join(', ')}.`);
  }
}

function report(log: string, progress: TrainingProgress): void {
  const { step, steps, loss, metrics, learningRate, gradientNorm, milliseconds } = progress;
  const figures = {
    loss,
    ...metrics,
    ...(gradientNorm === undefined ? {} : { 'gradient norm': gradientNorm }),
  };
  console.error(`step ${step}/${steps}: ${inWords(figures)} (${Math.round(milliseconds)} ms)`);
  void appendFile(log, `${JSON.stringify({ step, loss, ...metrics, learningRate, gradientNorm })}\n`);
}

const inWords = (figures: Record<string, number>) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
