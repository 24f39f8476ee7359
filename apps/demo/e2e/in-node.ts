import { emptyCanvas } from '@visual-echoes/core';
import { resultSeed, type VisualEchoes } from 'visual-echoes';
import { loadModel } from 'visual-echoes/node';
import type { FinishedRun } from './open-page.js';

let loaded: Promise<VisualEchoes> | undefined;

/** The bundled model on wasm, in Node. */
export const modelInNode = (): Promise<VisualEchoes> => {
  loaded ??= loadModel('@visual-echoes/model-digits', { backend: 'wasm' });
  return loaded;
};

/** What Node makes of the same canvas by the same seed. */
export async function againInNode({ task, canvas, seed }: FinishedRun) {
  const model = await modelInNode();
  const known = Object.fromEntries(
    Object.entries(canvas).map(([name, field]) => [name, Int32Array.from(field)]),
  );
  const whole = { ...emptyCanvas(model.fields), ...known };
  const steps = model.steps([whole], { task, seed });
  for (;;) {
    const { done, value } = await steps.next();
    if (!done) continue;
    const [media] = await model.decode(value, { seed: [resultSeed(seed, whole)] });
    return {
      tokens: Object.fromEntries(Object.entries(value[0]).map(([name, field]) => [name, [...field]])),
      label: media.label,
      samples: media.sound!.channels[0],
      pixels: media.picture!.data,
    };
  }
}

/** The largest difference, over the largest value. */
export function distance(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
    largest = Math.max(largest, Math.abs(theirs[i]));
  }
  return difference / largest;
}
