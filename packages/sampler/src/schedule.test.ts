import { ConfigurationError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { maskedCounts, type Schedule } from './schedule.js';

describe('maskedCounts', () => {
  // floor(256 · fraction(s / 8)) by the formulas of MaskGIT's libml/mask_schedule.py, computed in Python.
  it.each<[Schedule, number[]]>([
    ['cosine', [251, 236, 212, 181, 142, 97, 49, 0]],
    ['linear', [224, 192, 160, 128, 96, 64, 32, 0]],
    ['uniform', [224, 192, 160, 128, 96, 64, 32, 0]],
    ['square', [252, 240, 220, 192, 156, 112, 60, 0]],
    ['pow2', [252, 240, 220, 192, 156, 112, 60, 0]],
    ['cubic', [255, 252, 242, 224, 193, 148, 84, 0]],
    ['pow2.5', [254, 248, 233, 210, 176, 131, 72, 0]],
    ['sqrt', [165, 128, 99, 74, 53, 34, 16, 0]],
    ['log', [96, 64, 45, 32, 21, 13, 6, 0]],
    ['exp', [254, 252, 248, 240, 224, 192, 128, 0]],
    ['arccos', [235, 214, 193, 170, 145, 117, 82, 0]],
    [(r) => 1 - r, [224, 192, 160, 128, 96, 64, 32, 0]],
  ])('%s', (schedule, expected) => {
    expect([...maskedCounts(256, { steps: 8, schedule })]).toEqual(expected);
  });

  const schedules = 'cosine linear square cubic sqrt log exp arccos pow0.5'.split(' ') as Schedule[];
  it.each(schedules)('%s fixes at least one each step, all in the end', (schedule) => {
    for (const total of [0, 1, 2, 3, 16, 64, 265]) {
      for (const steps of [1, 2, 16, 300]) {
        for (const round of ['masked', 'fixed'] as const) {
          const counts = [...maskedCounts(total, { steps, schedule, round })];
          expect(counts).toHaveLength(Math.min(steps, total));
          if (total > 0) expect(counts.at(-1)).toBe(0);
          for (const [i, count] of counts.entries()) expect(count).toBeLessThan(counts[i - 1] ?? total);
        }
      }
    }
  });

  it('rounds the fixed down for Halton: floor(L · (1 − acos(i / N) / (π / 2)))', () => {
    const fixed = [...maskedCounts(64, { steps: 6, schedule: 'arccos', round: 'fixed' })].map(
      (count) => 64 - count,
    );
    expect(fixed).toEqual([6, 13, 21, 29, 40, 64]);
  });

  it('clips what a function returns, and refuses what is no number or no schedule', () => {
    expect([...maskedCounts(4, { steps: 3, schedule: (r) => 5 - 10 * r })]).toEqual([3, 1, 0]);
    const counts = (schedule: Schedule) => () => maskedCounts(4, { steps: 2, schedule });
    expect(counts(() => Number.NaN)).toThrow(ConfigurationError);
    expect(counts('cosin' as Schedule)).toThrow(/cosin/);
    expect(counts('pow0')).toThrow(ConfigurationError);
    expect(counts('powx' as Schedule)).toThrow(ConfigurationError);
  });
});
