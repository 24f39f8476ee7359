import type { BackendName } from '@visual-echoes/backends/node';
import { ConfigurationError } from '@visual-echoes/core';
import { selectBackend } from 'visual-echoes/node';
import { interruptSignal } from '../commands/shared-options.js';
import { ProgressBar } from '../output/progress-bar.js';
import { openMediaDataset } from '../retrieval/read-clips.js';
import { trainClassClassifiers } from './train-class-classifiers.js';

/** The options of `visual-echoes evaluate --train-classifiers --dataset`. */
export interface TrainClassClassifiersCommandOptions {
  dataset: string;
  out?: string;
  steps?: number;
  seed: number;
  backend?: BackendName;
  json?: boolean;
}

/** Trains classifiers on a dataset and prints how right they are. */
export async function runTrainClassClassifiers({
  dataset,
  out,
  steps,
  seed,
  backend,
  json = false,
}: TrainClassClassifiersCommandOptions): Promise<void> {
  if (!out) throw new ConfigurationError('Name the folder for the classifiers with --out.');
  const opened = await openMediaDataset(dataset);
  const signal = interruptSignal();
  await selectBackend({ ...(backend && { prefer: backend }), onMessage: (line) => console.error(line) });
  const bar = new ProgressBar('Training', { hidden: json });
  try {
    const { classes, picture, sound } = await trainClassClassifiers(opened, {
      ...{ out, steps, seed, signal },
      onProgress: (share) => bar.update(share),
      // Whoever reads along in a log has no bar.
      onMessage: (line) => {
        if (!json && !process.stderr.isTTY) console.error(line);
      },
    });
    const accuracies = { picture: picture.accuracy, sound: sound.accuracy };
    if (json) console.log(JSON.stringify({ classes, accuracies }, null, 2));
    else {
      for (const [name, { heldApart, heldBack }] of Object.entries(accuracies)) {
        const share = ({ correct, total }: typeof heldApart) =>
          `${((100 * correct) / total).toFixed(1)} % (${correct} of ${total})`;
        const test = heldBack ? `, ${share(heldBack)} of the held-back split` : '';
        console.log(`${name}: ${share(heldApart)} of what was held apart in training${test}`);
      }
    }
  } finally {
    bar.stop();
  }
}
