import { setTimeout } from 'node:timers/promises';
import { throwIfCancelled } from '@visual-echoes/core';
import type { Measurement } from './measurement.js';
import type { PointStore } from './point-store.js';

/** A measurement that is to be in a folder. */
export interface PointJob {
  /** Of its file. */
  name: string;
  /** What its file says of it. */
  about: object;
  measure: (report: (share: number) => void) => Promise<Measurement>;
}

/**
 * Measures what is not there yet, one after the other. What another process is at is left to it and waited for at the end,
 * or taken where that process ends without it.
 * @throws CancelledError where `signal` fires; what was measured stays, and the next run goes on.
 */
export async function runPoints(
  jobs: readonly PointJob[],
  store: PointStore,
  {
    signal,
    onProgress = () => {},
    onPoint = () => {},
    wait = 1000,
  }: {
    signal?: AbortSignal;
    /** Receives a share of all, 0 to 1, that never goes back. */
    onProgress?: (share: number) => void;
    onPoint?: (name: string) => void;
    /** Between two looks at what others are doing, milliseconds. */
    wait?: number;
  } = {},
): Promise<void> {
  let open = [...jobs];
  let best = 0;
  const report = (done: number) => {
    best = Math.max(best, Math.min(1, done / jobs.length));
    onProgress(best);
  };
  while (open.length > 0) {
    const others: PointJob[] = [];
    let done = jobs.length - open.length;
    for (const job of open) {
      throwIfCancelled(signal);
      const giveBack = (await store.read(job.name)) ? undefined : await store.take(job.name);
      if (giveBack === null) others.push(job);
      else {
        try {
          // Another may have finished it between the two looks.
          if (giveBack && !(await store.read(job.name))) {
            const measurement = await job.measure((share) => report(done + share));
            await store.write(job.name, measurement, job.about);
            onPoint(job.name);
          }
        } finally {
          await giveBack?.();
        }
        report(++done);
      }
    }
    open = others;
    if (open.length > 0) await setTimeout(wait);
  }
}
