import { describe, expect, it } from 'vitest';
import type { Judgement } from '../evaluation/judge.js';
import type { ClassContext } from './class-context.js';
import type { ClassMedium } from './class-medium.js';
import { accuracyRows, classDistanceRow, memorisationRows } from './class-rows.js';

/** Media are numbers: the class is the whole of it, and training is at 0. */
const judged = (media: readonly number[]): Judgement => ({
  classes: Uint16Array.from(media, Math.floor),
  posteriors: new Float32Array(2 * media.length),
  features: Float32Array.from(media),
});
const held = { media: Array.from({ length: 40 }, (_, i) => (i % 2) + i / 100), classes: [] as number[] };
held.classes = held.media.map((_, i) => (i === 0 ? 1 : i % 2));

const medium: ClassMedium<number> = {
  ...{ name: 'sound', verb: 'heard', unit: 'decibels', held },
  judge: async (media) => judged(media),
  judgeHeld: async () => judged(held.media),
  training: async (classes) => [...classes],
  nearest: async (media) => [...media],
  nearestOfHeld: async () => held.media,
};
const context = { classes: ['cat', 'dog'], isFirst: true } as unknown as ClassContext;

describe('rows of classes', () => {
  it('count what is named right, with real ones, chance and every class beside it', async () => {
    const named = judged([0, 0, 1, 0]);
    const rows = await accuracyRows(context, medium, { task: 'x', named, wanted: [0, 0, 1, 1] });
    expect(rows).toMatchObject([
      { measure: 'heard right', correct: 3, total: 4, reference: { value: 39 / 40 } },
      { measure: 'real sounds heard right', correct: 39, total: 40, reference: { value: 0.5 } },
      { measure: 'heard right: cat', correct: 2, total: 2, reference: { value: 1 } },
      { measure: 'heard right: dog', correct: 1, total: 2, reference: { value: 20 / 21 } },
    ]);
    const again = { ...context, isFirst: false };
    expect(await accuracyRows(again, medium, { task: 'x', named, wanted: [0, 0, 1, 1] })).toHaveLength(3);
  });

  it('say how many are nearer to training than the nearest of those held back', async () => {
    const [mean, near] = await memorisationRows(medium, { task: 'x', made: [0, 0.01, 0.5, 1] });
    expect(mean).toMatchObject({ value: 1.51 / 4, unit: 'decibels' });
    // The nearest 2 of 40 are at 0 and 0.02.
    expect(near).toMatchObject({ correct: 2, total: 4, reference: { value: 0.05 } });
  });

  it('measure the distance of features beside that of real ones', async () => {
    const row = await classDistanceRow(medium, { task: 'x', named: judged([5, 6]), wanted: [0, 1] });
    expect(row.value).toBeGreaterThan(20);
    expect(row.reference!.value).toBeLessThan(1);
  });
});
