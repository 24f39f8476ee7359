// One engine, asked by its parent: node worker.js ENGINE
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { VisualEchoesError } from '@visual-echoes/core';
import '@visual-echoes/core/training';
import { type Benchmark, benchmarks } from './benchmarks.js';

/** What the parent asks: one run of a benchmark. */
export interface Question {
  benchmark: string;
}

/** What comes back; the first answer, without being asked, says how the engine started. */
export interface Answer {
  label?: string;
  /** Of the run; the first of all is preceded by one that is not timed. */
  milliseconds?: number;
  /** Why there is no figure. */
  reason?: string;
}

const answer = (message: Answer) => process.send!(message);

/** Runs that are ready and have run once, by name. */
const ready = new Map<string, () => Promise<unknown>>();

async function measure({ name, prepare }: Benchmark): Promise<Answer> {
  let run = ready.get(name);
  if (!run) {
    run = await prepare();
    ready.set(name, run);
    await run();
  }
  const began = performance.now();
  await run();
  return { milliseconds: performance.now() - began };
}

/** An error of ours as a line; any other is a bug, and ends the process. */
const explain = (error: unknown): Answer => {
  if (error instanceof VisualEchoesError) return { reason: error.message };
  throw error;
};

process.on('message', async ({ benchmark }: Question) => {
  answer(await measure(benchmarks.find(({ name }) => name === benchmark)!).catch(explain));
});

answer(
  await selectBackend({ prefer: process.argv[2] as BackendName }).then(({ label }) => ({ label }), explain),
);
