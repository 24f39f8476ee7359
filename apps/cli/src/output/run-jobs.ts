import { throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes/node';
import type { Failure } from '../media/find-inputs.js';
import { readPicture } from '../media/read-picture.js';
import { readSound } from '../media/read-sound.js';
import type { Job, ResultFiles } from './plan-jobs.js';
import { type Result, writeResult } from './write-result.js';

/** A result that was written. */
export interface WrittenResult {
  input: string;
  files: ResultFiles;
  /** What a command reports of it beside. */
  details: Record<string, unknown>;
}

/** One batch of media in the model's form → the results of each, as many as its job has outputs. */
export interface Work {
  pictures(
    pictures: Picture[],
    report: (share: number) => void,
  ): Promise<(Result & { details: WrittenResult['details'] })[]>;
  sounds(
    mels: Mel[],
    report: (share: number) => void,
  ): Promise<(Result & { details: WrittenResult['details'] })[]>;
}

/**
 * Does jobs batch by batch. An input that cannot be read or brought to the model's form is listed and does not stop
 * the rest; an output that cannot be written does.
 *
 * @throws FileAccessError, CancelledError.
 */
export async function runJobs(
  jobs: readonly Job[],
  model: VisualEchoes,
  work: Work,
  {
    force,
    signal,
    onProgress,
    batchSize = 32,
  }: { force: boolean; signal: AbortSignal; onProgress: (share: number) => void; batchSize?: number },
): Promise<{ written: WrittenResult[]; failures: Failure[] }> {
  const written: WrittenResult[] = [];
  const failures: Failure[] = [];
  let done = 0;
  for (const kind of ['picture', 'sound'] as const) {
    const own = jobs.filter(({ input }) => input.kind === kind);
    const perBatch = Math.max(1, Math.floor(batchSize / (own[0]?.outputs.length ?? 1)));
    for (let start = 0; start < own.length; start += perBatch) {
      throwIfCancelled(signal);
      const batch = own.slice(start, start + perBatch);
      const report = (share: number) => onProgress((done + share * batch.length) / jobs.length);
      const ready: Job[] = [];
      const pictures: Picture[] = [];
      const mels: Mel[] = [];
      for (const job of batch) {
        const { path } = job.input;
        try {
          if (kind === 'picture') pictures.push(model.preparePicture(await readPicture(path)));
          else mels.push(await model.prepareSound(await readSound(path)));
          ready.push(job);
        } catch (error) {
          if (!(error instanceof VisualEchoesError)) throw error;
          const named = error.message.includes(path) ? '' : `${path}: `;
          failures.push({ input: path, error: `${named}${error.message}` });
        }
      }
      if (ready.length > 0) {
        const results =
          kind === 'picture' ? await work.pictures(pictures, report) : await work.sounds(mels, report);
        const targets = ready.flatMap(({ input, outputs }) =>
          outputs.map((files) => ({ input: input.path, files })),
        );
        await Promise.all(targets.map(({ files }, i) => writeResult(results[i], files, { force })));
        targets.forEach((target, i) => written.push({ ...target, details: results[i].details }));
      }
      done += batch.length;
      onProgress(done / jobs.length);
    }
  }
  return { written, failures };
}
