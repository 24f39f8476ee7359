import { meanAbsoluteError, psnr, ssim } from '@visual-echoes/metrics';
import {
  interruptSignal,
  loadNamedModel,
  type ModelOptions,
  type OutputOptions,
} from '../commands/shared-options.js';
import { findInputs } from '../media/find-inputs.js';
import { pictureFiles, planJobs, resultNames, soundFiles } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { runJobs, type WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';

/** Sends every picture and sound that `paths` mean through its tokenizer and back. */
export async function reconstructInputs(
  paths: readonly string[],
  options: ModelOptions & OutputOptions,
): Promise<void> {
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
