import { InvalidInputError } from '@visual-echoes/core';
import { interruptSignal, loadNamedModel } from '../commands/shared-options.js';
import { type Failure, findInputs, type MediaInput } from '../media/find-inputs.js';
import { pictureFiles, planJobs, resultNames, soundFiles } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { BATCH, runJobs, type WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';
import {
  describeRun,
  type GenerateCommandOptions,
  samplingOptions,
  withDetails,
} from './generate-command-options.js';

/** Makes the sound of every picture and the picture of every sound that `paths` mean. */
export async function generateFromInputs(
  paths: readonly string[],
  options: GenerateCommandOptions,
): Promise<void> {
  const { out, count, to, voice, force = false, json } = options;
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
    about = describeRun(model, options);
    const bar = new ProgressBar('Generating', { hidden: json ?? false });
    const settings = { ...samplingOptions(options), count, signal, batchSize: BATCH, preprocess: false };
    try {
      const done = await runJobs(
        plan.jobs,
        model,
        {
          pictures: async (pictures, onProgress) =>
            (await model.imageToAudio(pictures, { ...settings, voice, onProgress })).map(withDetails),
          sounds: async (mels, onProgress) =>
            (await model.audioToImage(mels, { ...settings, onProgress })).map(withDetails),
        },
        { force, signal, onProgress: (share) => bar.update(share) },
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
