import { meanAbsoluteError, psnr, ssim } from '@visual-echoes/metrics';
import type { Command } from 'commander';
import { findInputs } from '../media/find-inputs.js';
import { pictureFiles, planJobs, resultNames, soundFiles } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { runJobs, type WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';
import {
  addModelOptions,
  addOutputOptions,
  interruptSignal,
  loadNamedModel,
  type ModelOptions,
  type OutputOptions,
} from './shared-options.js';

/** Adds `visual-echoes reconstruct` to the program. */
export function register(program: Command): void {
  const command = program
    .command('reconstruct')
    .description('send pictures and sounds through the tokenizer and back, and say how much is lost')
    .argument('<input...>', 'pictures, sounds (WAV) and folders of them');
  addModelOptions(addOutputOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes reconstruct seven.png      writes seven.reconstruction.png; PSNR in dB, SSIM
  visual-echoes reconstruct seven.wav      writes seven.reconstruction.wav and .mel.png; mean error of the mel in dB

The error is that of the tokenizer: against the input in the model's form, before the vocoder.`,
    )
    .action(reconstruct);
}

async function reconstruct(paths: readonly string[], options: ModelOptions & OutputOptions): Promise<void> {
  const { out, force = false, json } = options;
  const { inputs, failures } = await findInputs(paths);
  const plan = planJobs(inputs, {
    force,
    filesOf: ({ path, kind }) => {
      const [name] = resultNames(path, 1);
      return [(kind === 'picture' ? pictureFiles : soundFiles)(out, `${name}.reconstruction`)];
    },
  });
  failures.push(...plan.failures);
  let written: WrittenResult[] = [];
  if (plan.jobs.length > 0) {
    const signal = interruptSignal();
    const model = await loadNamedModel(options, { signal });
    const { minDb, maxDb } = model.manifest.parts.audio.mel.scaling;
    const bar = new ProgressBar('Reconstructing', { hidden: json ?? false });
    try {
      const done = await runJobs(
        plan.jobs,
        model,
        {
          pictures: async (pictures) =>
            (await model.reconstructPicture(pictures, { preprocess: false, signal })).map(
              ({ original, picture }) => ({
                picture,
                details: {
                  psnr: rounded(psnr(original.data, picture.data, { dataRange: 255 })),
                  ssim: rounded(
                    ssim(original.data, picture.data, [original.height, original.width, original.channels], {
                      dataRange: 255,
                    }),
                  ),
                },
              }),
            ),
          sounds: async (mels) =>
            (await model.reconstructSound(mels, { signal })).map(({ original, mel, sound }) => ({
              mel,
              sound,
              details: { melError: rounded(meanAbsoluteError(original.data, mel.data) * (maxDb - minDb)) },
            })),
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
  printSummary({ written, skipped: plan.skipped, failures }, { json, out, about: {} });
  if (failures.length > 0) process.exitCode = 1;
}

const rounded = (value: number) => Number(value.toFixed(3));
