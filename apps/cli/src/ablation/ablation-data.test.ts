import { describe, expect, it } from 'vitest';
import { ablationCsv, ablationData } from './ablation-data.js';
import { planAblation, pointsOf } from './ablation-plan.js';
import { ablationTable } from './ablation-table.js';
import { fromBase64, toBase64 } from './float-list.js';
import type { Measurement } from './measurement.js';

const measured = (features: number[], correct = 2): Measurement => ({
  correct,
  total: 2,
  features: Float32Array.from(features),
  dimension: 1,
  seconds: 1,
  engine: 'cpu',
});

describe('planAblation', () => {
  const options = {
    directions: ['audio-to-image'] as const,
    sampling: 'model' as const,
    seeds: 3,
    part: 'validation' as const,
    limit: 500,
  };

  it('spreads samples over seeds and varies the axes, the first seed of all points first', () => {
    const plan = planAblation('order', { ...options, named: { steps: [8, 16], guidance: [2] } });
    expect(plan).toMatchObject({ samples: 167, fixed: { guidance: 2 }, axes: ['steps', 'order'] });
    expect(plan.grid).toHaveLength(4);
    const points = pointsOf(plan);
    expect(points).toHaveLength(12);
    expect(points.map(({ seed }) => seed)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    expect(points[1].settings).toEqual({ guidance: 2, steps: 8, order: 'confidence' });
  });

  it('puts the temperature of the order on the axis of the temperature', () => {
    const plan = planAblation('temperature-steps', { ...options, named: { choiceTemperature: [1, 4.5] } });
    expect(plan.axes).toEqual(['steps', 'choiceTemperature']);
    expect(plan.grid).toHaveLength(10);
  });

  it('has at least 25 points of temperature and steps, 5 steps of both orders and 5 factors', () => {
    const size = (name: 'temperature-steps' | 'order' | 'guidance') =>
      planAblation(name, { ...options, named: {} }).grid.length;
    expect([size('temperature-steps'), size('order'), size('guidance')]).toEqual([25, 10, 6]);
  });
});

describe('ablationData', () => {
  it('counts over seeds and measures the distance of all samples together', async () => {
    const plan = planAblation('guidance', {
      directions: ['image-to-audio'],
      sampling: 'model',
      seeds: 2,
      part: 'test',
      limit: 4,
      named: { guidance: [1] },
    });
    const data = await ablationData(
      plan,
      { models: [], defaults: {} },
      {
        of: async ({ seed }) => (seed === 1 ? measured([0, 2]) : measured([4, 6], 1)),
        real: async () => ({ whole: measured([-1, 1]), training: measured([0, 2]) }),
      },
    );
    const [point] = data.points;
    expect(point).toMatchObject({ correct: 3, total: 4, accuracy: 0.75 });
    // (m₁ − m₂)² + (σ₁ − σ₂)²: means 3 and 0, variances 20/3 and 2.
    expect(point.frechet).toBeCloseTo(9 + (Math.sqrt(20 / 3) - Math.SQRT2) ** 2, 10);
    expect(point.frechetSeeds[0]).toBeCloseTo(1, 10);
    expect(point.frechetSeeds[1]).toBeCloseTo(25, 10);
    expect(point.frechetLow).toBe(0); // 12.7 · 17 / √2 below
    expect(data.real['image-to-audio']!.frechet).toBeCloseTo(1, 10);
    expect(ablationTable(data)).toContain('75.0 % (3 of 4)');
    expect(ablationTable(data)).toContain('real data');
  });

  it('writes CSV with quotes where they are due', () => {
    const point = {
      direction: 'image-to-audio' as const,
      settings: { model: 'a,"b"' },
      ...{ correct: 1, total: 2, accuracy: 0.5, accuracyLow: 0.1, accuracyHigh: 0.9 },
      ...{ frechet: 1, frechetLow: 1, frechetHigh: 1, frechetSeeds: [1] },
    };
    const [, line] = ablationCsv({ axes: ['model'], points: [point] }).split('\n');
    expect(line).toBe('image-to-audio,"a,""b""",2,1,0.5,0.1,0.9,1,1,1');
  });
});

it('keeps 32-bit numbers exactly', () => {
  const values = Float32Array.of(0.1, -1e-30, 3e30, 0);
  expect(fromBase64(toBase64(values.subarray(1)))).toEqual(values.slice(1));
});
