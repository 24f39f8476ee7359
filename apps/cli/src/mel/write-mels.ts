import { ConfigurationError, throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import { MelSpectrogram } from '@visual-echoes/vq-audio';
import { interruptSignal, type OutputOptions } from '../commands/shared-options.js';
import { findInputs } from '../media/find-inputs.js';
import { readSound } from '../media/read-sound.js';
import { melFiles, planJobs, resultNames } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import type { WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';
import { writeResult } from '../output/write-result.js';
import { compareMel } from './compare-mel.js';
import { melOfSound } from './mel-of-sound.js';
import { melSettings } from './mel-settings.js';

/** The options of `visual-echoes mel`. */
export interface MelCommandOptions extends OutputOptions {
  model: string;
  preset?: string;
  config?: string;
  clip?: boolean;
  compare?: string;
  json?: boolean;
}

/** Writes the mel spectrogram of every sound that `paths` mean, as `.npy` and as a picture. */
export async function writeMels(paths: readonly string[], options: MelCommandOptions): Promise<void> {
  const { out, force = false, clip = false, compare, json } = options;
  const settings = await melSettings(options);
  new MelSpectrogram(settings.mel); // what is wrong with it is said once, and not of every file
  const found = await findInputs(paths);
  const sounds = found.inputs.filter(({ kind }) => kind === 'sound');
  const pictures = found.inputs.filter(({ kind, fromFolder }) => kind === 'picture' && !fromFolder);
  const plan = planJobs(sounds, {
    force,
    filesOf: ({ path }) => [melFiles(out, resultNames(path, 1)[0])],
  });
  const failures = [
    ...found.failures,
    ...pictures.map(({ path }) => ({ input: path, error: `${path} is a picture, and sounds have a mel.` })),
    ...plan.failures,
  ];
  if (sounds.length === 0 && failures.length === 0) {
    throw new ConfigurationError(`There are no sounds in ${paths.join(', ')}; check the path.`);
  }
  const signal = interruptSignal();
  const bar = new ProgressBar('Transforming', { hidden: json ?? false });
  const written: WrittenResult[] = [];
  try {
    for (const [i, { input, outputs }] of plan.jobs.entries()) {
      throwIfCancelled(signal);
      bar.update(i / plan.jobs.length);
      const { path } = input;
      const made = await (async () => {
        const sound = await readSound(path);
        const mel = await melOfSound(sound, settings, { clip });
        const { bands, frames } = mel;
        const error = compare === undefined ? undefined : await compareMel(path, mel, compare);
        const shape = { bands, frames, channels: sound.channels.length };
        return {
          mel,
          details: { ...shape, ...(error !== undefined && { error: Number(error.toFixed(5)) }) },
        };
      })().catch((error) => {
        if (!(error instanceof VisualEchoesError)) throw error;
        failures.push({
          input: path,
          error: `${error.message.includes(path) ? '' : `${path}: `}${error.message}`,
        });
      });
      if (!made) continue;
      await writeResult({ mel: made.mel }, outputs[0], { force });
      written.push({ input: path, files: outputs[0], details: made.details });
    }
  } finally {
    bar.stop();
  }
  printSummary({ written, skipped: plan.skipped, failures }, { json, out, about: { mel: settings.mel } });
  if (failures.length > 0) process.exitCode = 1;
}
