import { extname } from 'node:path';
import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { interruptSignal, loadNamedModel, type ModelOptions } from '../commands/shared-options.js';
import { findInputs } from '../media/find-inputs.js';
import { refuseExisting } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { runJobs } from '../output/run-jobs.js';
import { plotPng } from '../plots/plot-png.js';
import { type Reconstructed, reconstructionPanel } from './reconstruction-panel.js';

/** More would be no figure. */
const MOST = 64;

/**
 * Sends every picture and sound that `paths` mean through its tokenizer and back, and draws all as one figure, SVG or PNG
 * by the ending of `panel`.
 */
export async function reconstructPanel(
  paths: readonly string[],
  { panel, force = false, json, ...options }: ModelOptions & { panel: string; force?: boolean },
): Promise<void> {
  const ending = extname(panel).toLowerCase();
  if (ending !== '.svg' && ending !== '.png') {
    throw new ConfigurationError(
      `${panel} is neither .svg nor .png; name a panel with one of these endings.`,
    );
  }
  refuseExisting([panel], { force });
  const { inputs, failures } = await findInputs(paths);
  if (inputs.length > MOST) {
    throw new ConfigurationError(
      `A panel holds up to ${MOST} pictures and sounds; there are ${inputs.length}. Name fewer.`,
    );
  }
  const signal = interruptSignal();
  const model = await loadNamedModel({ ...options, ...(json && { json }) }, { signal });
  const bar = new ProgressBar('Reconstructing', { hidden: json ?? false });
  const items: Reconstructed[] = [];
  try {
    const done = await runJobs(
      inputs.map((input) => ({ input, outputs: [{}] })),
      model,
      {
        pictures: async (pictures) => {
          const made = await model.reconstructPicture(pictures, { preprocess: false, signal });
          items.push(...made.map(({ original, picture }) => ({ original, reconstruction: picture })));
          return made.map(() => ({ details: {} }));
        },
        sounds: async (mels) => {
          const made = await model.reconstructSound(mels, { signal });
          items.push(...made.map(({ original, mel }) => ({ original, reconstruction: mel })));
          return made.map(() => ({ details: {} }));
        },
      },
      { force, signal, onProgress: (share) => bar.update(share) },
    );
    failures.push(...done.failures);
  } finally {
    bar.stop();
    model.dispose();
  }
  if (items.length === 0) {
    throw new InvalidInputError(
      failures[0]?.error ?? `There are no pictures or sounds in ${paths.join(', ')}.`,
    );
  }
  const svg = await reconstructionPanel(items);
  await writeFileAtomically(panel, [ending === '.svg' ? svg : await plotPng(svg)]);
  if (json) console.log(JSON.stringify({ panel, items: items.length, failures }, null, 2));
  else {
    console.log(`${panel} (${items.length} originals and reconstructions)`);
    for (const { error } of failures) console.error(`error: ${error}`);
  }
  if (failures.length > 0) process.exitCode = 1;
}
