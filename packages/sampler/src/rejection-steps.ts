import { type Canvas, ConfigurationError, Random, throwIfCancelled, UNKNOWN } from '@visual-echoes/core';
import { checkNames, startCanvases } from './check-options.js';
import { copyCanvas } from './copy-canvas.js';
import { fillSteps } from './fill-steps.js';
import { type SampleOptions, type SampleStep, sampleSeeds } from './options.js';
import { planWithout } from './plan.js';
import type { Predictor } from './predictor.js';
import type { Rejection } from './rejection.js';

/** The seed of a sample's further attempts; the first has the sample's own, as without rejection. */
const attemptSeed = (seed: number, attempt: number) =>
  attempt === 0 ? seed : new Random(seed).fork('attempt', attempt).bits();

/** `sampleSteps` with rejection: the passes of `fillSteps` one after the other, over ever fewer samples. */
export async function* rejectionSteps(
  predictor: Predictor,
  { canvases, count, views = [], seed = 0, plan, ...settings }: SampleOptions,
  { score, threshold = Infinity, attempts = 4, keep = [] }: Rejection,
): AsyncGenerator<SampleStep, Canvas[], undefined> {
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new ConfigurationError(
      `rejection.attempts is ${attempts}; it must be a whole number of at least 1.`,
    );
  }
  if (Number.isNaN(threshold)) {
    throw new ConfigurationError('rejection.threshold is not a number; leave it out to draw all attempts.');
  }
  checkNames(predictor.fields, keep, 'rejection.keep');
  const given = startCanvases(predictor.fields, { canvases, count });
  const seeds = sampleSeeds(seed, given.length);
  const best = given.map((canvas) => ({ canvas, score: -Infinity }));
  const shown = given.map(copyCanvas);
  let open = given.map((_, i) => i);
  let past = 0;
  // What is kept is known from the second attempt on.
  const replanned = plan && planWithout(plan, keep);
  const most = replanned?.length === 0 ? 1 : attempts;
  for (let attempt = 0; attempt < most && open.length > 0; attempt++) {
    const pass = fillSteps(predictor, {
      ...settings,
      ...(plan && { plan: attempt === 0 ? plan : replanned }),
      canvases: open.map((i) => given[i]),
      views: views.length === given.length ? open.map((i) => views[i]) : views,
      seed: open.map((i) => attemptSeed(seeds[i], attempt)),
    });
    let filled: Canvas[] = [];
    let steps = 0;
    for (;;) {
      const { done, value } = await pass.next();
      if (done) {
        filled = value;
        break;
      }
      const fixed: SampleStep['fixed'] = given.map(() => ({}));
      open.forEach((i, at) => {
        shown[i] = value.canvases[at];
        fixed[i] = value.fixed[at];
      });
      steps = value.steps;
      yield { step: past + value.step, steps: past + steps, canvases: shown.map(copyCanvas), fixed };
    }
    past += steps;
    const scores = await scoresOf(score, filled, open);
    throwIfCancelled(settings.signal);
    open = open.filter((i, at) => {
      if (attempt === 0) for (const name of keep) given[i][name] = filled[at][name];
      if (attempt === 0 || scores[at] > best[i].score) best[i] = { canvas: filled[at], score: scores[at] };
      return best[i].score < threshold && isOpen(given[i]);
    });
  }
  return best.map(({ canvas }) => canvas);
}

const isOpen = (canvas: Canvas) => Object.values(canvas).some((tokens) => tokens.includes(UNKNOWN));

/** The scores of canvases. @throws ConfigurationError unless they are a number each. */
async function scoresOf(
  score: Rejection['score'],
  canvases: readonly Canvas[],
  samples: readonly number[],
): Promise<ArrayLike<number>> {
  const scores = await score(canvases.map(copyCanvas), samples);
  const isNumber = (value: unknown) => typeof value === 'number' && !Number.isNaN(value);
  if (scores?.length === canvases.length && Array.from(scores).every(isNumber)) return scores;
  throw new ConfigurationError(
    `rejection.score gave ${scores ? `[${Array.from(scores).join(', ')}]` : scores} for ${canvases.length} canvases; it must give a number for each.`,
  );
}
