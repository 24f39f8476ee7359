import { writeFileSync } from 'node:fs';
import { VisualEchoesError } from '@visual-echoes/core';
import type { Run } from './benchmark.js';
import type { KernelTimes } from './profile-kernels.js';

/** What the parent asks: one run of a benchmark. */
export interface Question {
  benchmark: string;
  /** Asks for the time of each kernel instead. */
  profile?: boolean;
  /** Times the very first run, and nothing else: no other before it, no multiple after it. */
  cold?: boolean;
}

/** What comes back; the first answer, without being asked, says how the contender started. */
export interface Answer {
  label?: string;
  /** Of the run; the first of all is preceded by one that is not timed, unless it is to be timed cold. */
  milliseconds?: number;
  /** Of what the run is a multiple of. */
  unit?: number;
  /** The most memory that has been resident above what was before the benchmark was made ready, in bytes. */
  peak?: number;
  kernels?: KernelTimes;
  /** Why there is no figure; empty where it is not a measurement for this contender. */
  reason?: string;
}

type Prepared = { run: Run; unit?: Run };

/**
 * Answers a parent process: says `first`, then times what `prepare` makes ready, once for each question.
 *
 * @param profile runs something with the time of each kernel.
 */
export function answerQuestions(
  first: Answer,
  prepare: (benchmark: string) => Promise<Run | Prepared | Answer>,
  profile?: (run: Run) => Promise<KernelTimes>,
): void {
  let ready: { benchmark: string; found: Prepared | Answer; resting: number } | undefined;
  const measure = async ({ benchmark, profile: wanted, cold }: Question): Promise<Answer> => {
    if (ready?.benchmark !== benchmark) {
      ready = undefined; // what the one before holds may be freed
      const resting = forgetPeak();
      const found = await prepare(benchmark);
      ready = { benchmark, found: typeof found === 'function' ? { run: found } : found, resting };
      if ('run' in ready.found && !cold) {
        await ready.found.run();
        await ready.found.unit?.();
      }
    }
    const { found, resting } = ready;
    if (!('run' in found)) return found;
    if (wanted) return profile ? { kernels: await profile(found.run) } : { reason: '' };
    const milliseconds = await timed(found.run);
    const unit = cold ? undefined : found.unit && (await timed(found.unit));
    return { milliseconds, unit, peak: process.resourceUsage().maxRSS * 1024 - resting };
  };
  process.on('message', async (question: Question) => {
    process.send!(await measure(question).catch(explain));
  });
  process.send!(first);
}

async function timed(run: Run): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** Starts the count of the most resident memory anew, where the system can (Linux); returns what is resident. */
function forgetPeak(): number {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The most since the process began, then.
  }
  return process.memoryUsage().rss;
}

/** An error of ours as a line; any other is a bug, and ends the process. */
export function explain(error: unknown): Answer {
  if (error instanceof VisualEchoesError) return { reason: error.message };
  throw error;
}
