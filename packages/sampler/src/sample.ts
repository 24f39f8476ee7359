import type { Canvas } from '@visual-echoes/core';
import { fillSteps } from './fill-steps.js';
import type { SampleOptions, SampleStep } from './options.js';
import type { Predictor } from './predictor.js';
import { rejectionSteps } from './rejection-steps.js';

/**
 * Fills the unknown tokens of canvases by asking a predictor again and again, fixing some tokens each time (MaskGIT;
 * Halton-MaskGIT with `order: halton()`). Known tokens are never changed, and the same seed gives the same tokens.
 *
 * Throws `ConfigurationError` for options, `InvalidInputError` and `ShapeError` for canvases and logits that do not
 * fit, `CancelledError` when `signal` fires.
 *
 * @example
 * const [canvas] = await sample(predictor, { steps: 12, guidance: { scale: 2 }, seed: 1 });
 * canvas.image; // Int32Array [positions]
 */
export async function sample(predictor: Predictor, options: SampleOptions = {}): Promise<Canvas[]> {
  const steps = sampleSteps(predictor, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}

/**
 * As `sample`, one step at a time: yields after every prediction and returns the finished canvases. Where nothing is
 * unknown there are no steps. With `rejection`, the best attempt is returned, which need not be the last that was seen.
 *
 * @example
 * for await (const { step, steps, canvases } of sampleSteps(predictor, { count: 4 })) {
 *   console.log(`${step}/${steps}`, canvases[0].image);
 * }
 */
export async function* sampleSteps(
  predictor: Predictor,
  options: SampleOptions = {},
): AsyncGenerator<SampleStep, Canvas[], undefined> {
  const steps = options.rejection
    ? rejectionSteps(predictor, options, options.rejection)
    : fillSteps(predictor, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    options.onStep?.(value);
    yield value;
  }
}
