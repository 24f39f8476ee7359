import { join } from 'node:path';
import { InvalidInputError } from '@visual-echoes/core';
import { type Command, Option } from 'commander';
import type { GenerateOptions, VisualEchoes } from 'visual-echoes/node';
import { type Failure, findInputs, type MediaInput } from '../media/find-inputs.js';
import { pictureFiles, planJobs, refuseExisting, resultNames, soundFiles } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { runJobs, type WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';
import { writeResult } from '../output/write-result.js';
import {
  addModelOptions,
  addOutputOptions,
  interruptSignal,
  loadNamedModel,
  type ModelOptions,
  numberFrom,
  type OutputOptions,
  wholeNumber,
} from './shared-options.js';

interface GenerateCommandOptions extends ModelOptions, OutputOptions {
  to?: 'audio' | 'image' | 'both';
  count: number;
  label?: string;
  seed: number;
  steps?: number;
  guidance?: number;
  temperature?: number;
}

/** Results that go through the networks at once. */
const BATCH = 32;

/** Adds `visual-echoes generate` to the program. */
export function register(program: Command): void {
  const command = program
    .command('generate')
    .description('turn pictures into sounds and sounds into pictures, or make both from nothing')
    .argument('[input...]', 'pictures, sounds (WAV) and folders of them')
    .addOption(
      new Option('--to <kind>', 'what to make; told by the input, if left out').choices([
        'audio',
        'image',
        'both',
      ]),
    )
    .option('--count <n>', 'different results for each input, or pairs in all', wholeNumber(1), 1)
    .option('--label <class>', 'with --to both: of this class, such as seven or 7')
    .option('--seed <n>', 'another seed gives other results', wholeNumber(0), 0)
    .option('--steps <n>', 'steps of the sampler; the model says, if left out', wholeNumber(1))
    .option('--guidance <scale>', 'guidance scale, 1 is none; likewise', numberFrom(0))
    .option('--temperature <t>', 'of the tokens, 0 takes the likeliest; likewise', numberFrom(0));
  addModelOptions(addOutputOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes generate seven.png                     writes seven.wav and seven.mel.png
  visual-echoes generate seven.wav --out pictures      writes pictures/seven.png
  visual-echoes generate seven.png --count 5           writes seven-1.wav to seven-5.wav
  visual-echoes generate photos/ --to audio            every picture in a folder; a second run goes on
  visual-echoes generate --to both --count 8           writes sample-0001.wav and sample-0001.png, …
  visual-echoes generate --to both --label seven

An input gives the same result with the same seed, alone or in a folder.`,
    )
    .action((inputs: string[], options: GenerateCommandOptions) => {
      if (options.to === 'both' && inputs.length > 0) {
        command.error(
          'error: --to both makes pairs from nothing; leave the inputs out, or use --to audio or image',
        );
      }
      if (options.to !== 'both' && inputs.length === 0) {
        command.error('error: name a picture, a sound or a folder, or use --to both');
      }
      if (options.label !== undefined && options.to !== 'both') {
        command.error('error: --label goes with --to both');
      }
      return options.to === 'both' ? generatePairs(options) : generateFromInputs(inputs, options);
    });
}

async function generateFromInputs(paths: readonly string[], options: GenerateCommandOptions): Promise<void> {
  const { out, count, to, force = false, json } = options;
  const found = await findInputs(paths);
  const { inputs, failures: unfit } = ofDirection(found.inputs, to);
  const plan = planJobs(inputs, {
    force,
    filesOf: ({ path, kind }) =>
      resultNames(path, count).map((name) => (kind === 'picture' ? soundFiles : pictureFiles)(out, name)),
  });
  const failures = [...found.failures, ...unfit, ...plan.failures];
  if (inputs.length === 0 && failures.length === 0) {
    throw new InvalidInputError(`There are no pictures or sounds in ${paths.join(', ')}; check the path.`);
  }
  let written: WrittenResult[] = [];
  let about: Record<string, unknown> = {};
  if (plan.jobs.length > 0) {
    const signal = interruptSignal();
    const model = await loadNamedModel(options, { signal });
    about = describe(model, options);
    const bar = new ProgressBar('Generating', { hidden: json ?? false });
    const settings = { ...samplingOptions(options), count, signal, batchSize: BATCH, preprocess: false };
    try {
      const done = await runJobs(
        plan.jobs,
        model,
        {
          pictures: async (pictures, onProgress) =>
            (await model.imageToAudio(pictures, { ...settings, onProgress })).map(withDetails),
          sounds: async (mels, onProgress) =>
            (await model.audioToImage(mels, { ...settings, onProgress })).map(withDetails),
        },
        { force, signal, onProgress: (share) => bar.update(share), batchSize: BATCH },
      );
      written = done.written;
      failures.push(...done.failures);
    } finally {
      bar.stop();
      model.dispose();
    }
  }
  printSummary({ written, skipped: plan.skipped, failures }, { json, out, about });
  if (failures.length > 0) process.exitCode = 1;
}

async function generatePairs(options: GenerateCommandOptions): Promise<void> {
  const { out, count, label, force = false, json } = options;
  const files = Array.from({ length: count }, (_, i) => {
    const name = `sample-${String(i + 1).padStart(4, '0')}`;
    return { ...soundFiles(out, name), picture: join(out, `${name}.png`) };
  });
  refuseExisting(
    files.flatMap((result) => Object.values(result)),
    { force },
  );
  const signal = interruptSignal();
  const model = await loadNamedModel(options, { signal });
  const bar = new ProgressBar('Generating', { hidden: json ?? false });
  try {
    const results = await model.coGenerate({
      ...samplingOptions(options),
      label,
      count,
      signal,
      batchSize: BATCH,
      onProgress: (share) => bar.update(share),
    });
    const written: WrittenResult[] = [];
    for (const [i, result] of results.entries()) {
      await writeResult(result, files[i], { force });
      written.push({ input: '', files: files[i], ...withDetails(result) });
    }
    bar.stop();
    printSummary({ written, skipped: [], failures: [] }, { json, out, about: describe(model, options) });
  } finally {
    bar.stop();
    model.dispose();
  }
}

/** The inputs that `to` can be made of; in a folder the others are left out, by name they are failures. */
function ofDirection(
  inputs: readonly MediaInput[],
  to: GenerateCommandOptions['to'],
): { inputs: MediaInput[]; failures: Failure[] } {
  const wanted = to === 'audio' ? 'picture' : to === 'image' ? 'sound' : undefined;
  const fits = ({ kind }: MediaInput) => !wanted || kind === wanted;
  const failures = inputs
    .filter((input) => !fits(input) && !input.fromFolder)
    .map(({ path, kind }) => ({
      input: path,
      error: `${path} is a ${kind}; --to ${to} takes ${wanted}s. Leave --to out to make the other of each.`,
    }));
  return { inputs: inputs.filter(fits), failures };
}

const samplingOptions = ({
  seed,
  steps,
  guidance,
  temperature,
}: GenerateCommandOptions): GenerateOptions => ({
  seed,
  steps,
  guidance,
  temperature,
});

const withDetails = <T extends { label?: string }>(result: T) => ({
  ...result,
  details: result.label === undefined ? {} : { label: result.label },
});

const describe = ({ manifest }: VisualEchoes, { model, seed }: GenerateCommandOptions) => ({
  model: { source: model, name: manifest.name },
  seed,
});
