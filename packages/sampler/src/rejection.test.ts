import { type Canvas, ConfigurationError, emptyCanvas } from '@visual-echoes/core';
import { describe, expect, it, vi } from 'vitest';
import type { SampleStep } from './options.js';
import type { Plan } from './plan.js';
import type { Predictor } from './predictor.js';
import { sample, sampleSteps } from './sample.js';

const fields = [{ name: 'word', grid: [1, 4], vocabulary: 4 }] as const;
/** Knows nothing: every token is as likely as every other. */
const predictor: Predictor = {
  fields,
  predict: (canvases) => ({ word: new Float32Array(canvases.length * 4 * 4) }),
};
/** The number of threes. */
const threes = (canvases: readonly Canvas[]) =>
  canvases.map(({ word }) => word.filter((token) => token === 3).length);
const options = { steps: 2, seed: [1, 2, 3, 4, 5, 6] };
const canvases = options.seed.map(() => emptyCanvas(fields));
const mean = (scores: readonly number[]) => scores.reduce((a, b) => a + b) / scores.length;

describe('rejection', () => {
  it('takes the best of all attempts, of which the first is the one without', async () => {
    const plain = await sample(predictor, { ...options, canvases });
    const score = vi.fn(threes);
    const best = await sample(predictor, { ...options, canvases, rejection: { score, attempts: 8 } });
    expect(score.mock.calls[0][0]).toEqual(plain);
    expect(score).toHaveBeenCalledTimes(8);
    const all = score.mock.calls.map(([canvases]) => threes(canvases));
    expect(threes(best)).toEqual(canvases.map((_, i) => Math.max(...all.map((scores) => scores[i]))));
    expect(mean(threes(best))).toBeGreaterThan(mean(threes(plain)));
    const once = await sample(predictor, { ...options, canvases, rejection: { score, attempts: 1 } });
    expect(once).toEqual(plain);
  });

  it('draws again only what scores too low, alone as in the batch', async () => {
    const score = vi.fn((canvases: readonly Canvas[], _samples: readonly number[]) => threes(canvases));
    const rejection = { score, threshold: 2, attempts: 50 };
    const batch = await sample(predictor, { ...options, canvases, rejection });
    expect(threes(batch).every((found) => found >= 2)).toBe(true);
    let open = canvases.map((_, i) => i);
    for (const [made, samples] of score.mock.calls) {
      expect(samples).toEqual(open);
      open = open.filter((_, at) => threes(made)[at] < 2);
    }
    expect(open).toEqual([]);
    for (const [i, seed] of options.seed.entries()) {
      expect(await sample(predictor, { ...options, seed, rejection })).toEqual([batch[i]]);
    }
  });

  it('keeps fields as the first attempt filled them', async () => {
    const two = [...fields, { name: 'label', grid: [1, 1], vocabulary: 1000 }] as const;
    const predict: Predictor['predict'] = (canvases) => ({
      word: new Float32Array(canvases.length * 4 * 4),
      label: new Float32Array(canvases.length * 1000),
    });
    const settings = { canvases: [emptyCanvas(two)], steps: 2, stages: [['label'], ['word']] };
    const [plain] = await sample({ fields: two, predict }, settings);
    const seen: SampleStep[] = [];
    const rejection = { score: threes, attempts: 6, keep: ['label'] };
    const onStep = (step: SampleStep) => seen.push(step);
    const [best] = await sample({ fields: two, predict }, { ...settings, rejection, onStep });
    expect(best['label']).toEqual(plain['label']);
    expect(best['word']).not.toEqual(plain['word']);
    expect(seen).toHaveLength(3 + 5 * 2); // the label is filled once
    const plan: Plan = [{ fix: { label: 1 } }, { fix: { word: 3 } }, { fix: { word: 1 } }];
    const planned = { canvases: settings.canvases, plan, rejection, onStep };
    const [same] = await sample({ fields: two, predict }, planned);
    expect(same['label']).toEqual(plain['label']);
    expect(seen).toHaveLength(2 * (3 + 5 * 2));
    await sample({ fields: two, predict }, { ...planned, plan: plan.slice(0, 1) });
    expect(seen).toHaveLength(2 * (3 + 5 * 2) + 1);
  });

  it('shows the steps of every attempt, those that wait as they are', async () => {
    const shown: [number, number][] = [];
    const onStep = vi.fn();
    // The first sample is never good enough, the second at once.
    const score = (_: unknown, samples: readonly number[]) => samples;
    const rejection = { score, threshold: 1, attempts: 2 };
    const canvases = [emptyCanvas(fields), emptyCanvas(fields)];
    let kept: Canvas | undefined;
    for await (const report of sampleSteps(predictor, { canvases, steps: 3, rejection, onStep })) {
      shown.push([report.step, report.steps]);
      kept ??= report.step === 3 ? report.canvases[1] : undefined;
      if (report.step <= 3) continue;
      expect(report.canvases[1]).toEqual(kept);
      expect(report.fixed[1]).toEqual({});
      expect(report.fixed[0]['word'].length).toBeGreaterThan(0);
    }
    expect(shown).toEqual([1, 2, 3, 4, 5, 6].map((step) => [step, step > 3 ? 6 : 3]));
    expect(onStep).toHaveBeenCalledTimes(6);
  });

  it('draws a canvas on which nothing is unknown no second time', async () => {
    const whole = { word: Int32Array.of(1, 2, 3, 0) };
    const score = vi.fn(() => [0]);
    expect(
      await sample(predictor, { canvases: [whole], rejection: { score, threshold: 1, attempts: 5 } }),
    ).toEqual([whole]);
    expect(score).toHaveBeenCalledTimes(1);
  });

  it('refuses what cannot be', async () => {
    const rejected = (rejection: Parameters<typeof sample>[1] & object) =>
      expect(sample(predictor, rejection)).rejects;
    const score = threes;
    for (const attempts of [0, 1.5, NaN]) {
      await rejected({ rejection: { score, attempts } }).toThrow(/rejection\.attempts is/);
    }
    await rejected({ rejection: { score, threshold: NaN } }).toThrow(ConfigurationError);
    await rejected({ rejection: { score, keep: ['label'] } }).toThrow(/names the field "label"/);
    await rejected({ rejection: { score: () => [] } }).toThrow(/gave \[\] for 1 canvases/);
    await rejected({ rejection: { score: () => [NaN] } }).toThrow(/gave \[NaN\] for 1 canvases/);
    await rejected({ rejection: { score }, steps: 0 }).toThrow(/steps is 0/);
  });

  it('stops where it is cancelled while it scores', async () => {
    const stop = new AbortController();
    const score = () => {
      stop.abort();
      return [0];
    };
    await expect(sample(predictor, { signal: stop.signal, rejection: { score } })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
