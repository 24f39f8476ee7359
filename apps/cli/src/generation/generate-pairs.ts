import { join } from 'node:path';
import { throwIfCancelled } from '@visual-echoes/core';
import { resultSeed } from 'visual-echoes/node';
import { interruptSignal, loadNamedModel } from '../commands/shared-options.js';
import { refuseExisting, soundFiles } from '../output/plan-jobs.js';
import { ProgressBar } from '../output/progress-bar.js';
import { BATCH, type WrittenResult } from '../output/run-jobs.js';
import { printSummary } from '../output/summary.js';
import { writeResult } from '../output/write-result.js';
import {
  describeRun,
  type GenerateCommandOptions,
  samplingOptions,
  withDetails,
} from './generate-command-options.js';

/** Makes pairs of a picture and a sound from nothing; each batch is written as soon as it is there. */
export async function generatePairs(options: GenerateCommandOptions): Promise<void> {
  const { out, count, label, voice, seed, force = false, json } = options;
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
  const written: WrittenResult[] = [];
  try {
    const given = await model.encode({ label, voice });
    for (let start = 0; start < count; start += BATCH) {
      throwIfCancelled(signal);
      const batch = files.slice(start, start + BATCH);
      const results = await model.coGenerate({
        ...samplingOptions(options),
        // As if all were made at once.
        seed: batch.map((_, i) => resultSeed(seed, given, start + i)),
        label,
        voice,
        count: batch.length,
        signal,
        onProgress: (share) => bar.update((start + share * batch.length) / count),
      });
      for (const [i, result] of results.entries()) {
        await writeResult(result, batch[i], { force });
        written.push({ input: '', files: batch[i], ...withDetails(result) });
      }
    }
    bar.stop();
    printSummary({ written, skipped: [], failures: [] }, { json, out, about: describeRun(model, options) });
  } finally {
    bar.stop();
    model.dispose();
  }
}
