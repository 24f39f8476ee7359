import type { Canvas } from '@visual-echoes/core';
import { type Given, resultSeed, type TaskName } from 'visual-echoes';
import type { RetrievalContext } from './retrieval-context.js';

/** Canvases that go through the network at once. */
const BATCH = 32;

/** Prepared media → canvases, with what `visual-echoes generate` reads off them for the task before it samples. */
export const encode = (
  given: readonly Given[],
  task: TaskName,
  { model, sampling, signal }: Pick<RetrievalContext, 'model' | 'sampling' | 'signal'>,
): Promise<Canvas[]> => model.encode(given, { task, views: sampling.views, preprocess: false, signal });

/**
 * Fills canvases by the settings of a task, with the tokens that `visual-echoes generate` gives for the same seed.
 * @param variants of each canvas, which of several results for it this is; the first.
 */
export async function fill(
  canvases: readonly Canvas[],
  task: TaskName,
  {
    model,
    seed,
    sampling,
    signal,
    onProgress,
  }: Pick<RetrievalContext, 'model' | 'seed' | 'sampling' | 'signal' | 'onProgress'>,
  variants: readonly number[] = canvases.map(() => 0),
): Promise<Canvas[]> {
  const seeds = canvases.map((canvas, i) => resultSeed(seed, canvas, variants[i]));
  const filled: Canvas[] = [];
  while (filled.length < canvases.length) {
    const [from, to] = [filled.length, filled.length + BATCH];
    const batch = canvases.slice(from, to);
    const run = model.steps(batch, { ...sampling, task, seed: seeds.slice(from, to), signal });
    let next = await run.next();
    while (!next.done) {
      const { step, steps } = next.value;
      onProgress((filled.length + (batch.length * step) / steps) / canvases.length);
      next = await run.next();
    }
    filled.push(...next.value);
  }
  return filled;
}
