import { throwIfCancelled, VisualEchoesError } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes/node';
import type { Failure } from '../media/find-inputs.js';
import { readPicture } from '../media/read-picture.js';
import { readSound } from '../media/read-sound.js';
import type { Job, ResultFiles } from './plan-jobs.js';
import { type Result, writeResult } from './write-result.js';

/** Results that go through the networks at once. */
export const BATCH = 64;

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
 * Does jobs batch by batch, two at a time, so that one is read and written while the model works on the other. An
 * input that cannot be read or brought to the model's form is listed and does not stop the rest; an output that cannot
 * be written does.
 *
 * @throws FileAccessError, CancelledError.
 */
export async function runJobs(
  jobs: readonly Job[],
  model: VisualEchoes,
  work: Work,
  { force, signal, onProgress }: { force: boolean; signal: AbortSignal; onProgress: (share: number) => void },
): Promise<{ written: WrittenResult[]; failures: Failure[] }> {
  const groups = (['picture', 'sound'] as const).flatMap((kind) => {
    const own = jobs.filter(({ input }) => input.kind === kind);
    const size = Math.max(1, Math.floor(BATCH / (own[0]?.outputs.length ?? 1)));
    return Array.from({ length: Math.ceil(own.length / size) }, (_, i) => ({
      kind,
      batch: own.slice(i * size, (i + 1) * size),
    }));
  });
  const shares = groups.map(() => 0);
  const outcomes = groups.map(() => ({ written: [] as WrittenResult[], failures: [] as Failure[] }));
  await atOnce(2, groups, async ({ kind, batch }, group) => {
    throwIfCancelled(signal);
    const report = (share: number) => {
      shares[group] = share * batch.length;
      onProgress(shares.reduce((sum, x) => sum + x) / jobs.length);
    };
    const { written, failures } = outcomes[group];
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
    report(1);
  });
  return {
    written: outcomes.flatMap(({ written }) => written),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

/**
 * Does `work` on every item, `count` at a time, begun in order. After a failure nothing more is begun; what is under
 * way ends before it is thrown.
 */
async function atOnce<T>(
  count: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        await work(items[index], index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: count }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
