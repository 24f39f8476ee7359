import { VisualEchoesError } from '@visual-echoes/core';

/** What the parent asks: one run of a benchmark. */
export interface Question {
  benchmark: string;
}

/** What comes back; the first answer, without being asked, says how the contender started. */
export interface Answer {
  label?: string;
  /** Of the run; the first of all is preceded by one that is not timed. */
  milliseconds?: number;
  /** The most memory that has been resident in the process, in bytes. */
  peak?: number;
  /** Why there is no figure; empty where it is not a measurement for this contender. */
  reason?: string;
}

type Run = () => Promise<unknown>;

/** Answers a parent process: says `first`, then times what `prepare` makes ready, once for each question. */
export function answerQuestions(first: Answer, prepare: (benchmark: string) => Promise<Run | Answer>): void {
  const ready = new Map<string, Run | Answer>();
  const measure = async (benchmark: string): Promise<Answer> => {
    let run = ready.get(benchmark);
    if (!run) {
      run = await prepare(benchmark);
      ready.clear(); // what the one before holds is freed
      ready.set(benchmark, run);
      if (typeof run === 'function') await run();
    }
    if (typeof run !== 'function') return run;
    const began = performance.now();
    await run();
    return { milliseconds: performance.now() - began, peak: process.resourceUsage().maxRSS * 1024 };
  };
  process.on('message', async ({ benchmark }: Question) => {
    process.send!(await measure(benchmark).catch(explain));
  });
  process.send!(first);
}

/** An error of ours as a line; any other is a bug, and ends the process. */
export function explain(error: unknown): Answer {
  if (error instanceof VisualEchoesError) return { reason: error.message };
  throw error;
}
