import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { AblationData, AblationPoint } from '../ablation/ablation-data.js';
import type { Direction, PointSettings } from '../ablation/point-settings.js';
import { ablationPlot } from './ablation-plot.js';
import { niceRange } from './line-panels.js';
import { plotPng } from './plot-png.js';

const point = (direction: Direction, settings: PointSettings, accuracy: number): AblationPoint => ({
  direction,
  settings,
  correct: 100 * accuracy,
  total: 100,
  accuracy,
  accuracyLow: accuracy - 0.04,
  accuracyHigh: accuracy + 0.03,
  frechet: 10 - 5 * accuracy,
  frechetLow: 9 - 5 * accuracy,
  frechetHigh: 11 - 5 * accuracy,
  frechetSeeds: [1, 2],
});

const directions = ['image-to-audio', 'audio-to-image'] as const;
const defaults = { steps: 3, temperature: 0.2, guidance: 2, order: 'halton' as const };
const data = (part: Pick<AblationData, 'ablation' | 'axes' | 'points'>): AblationData => ({
  kind: 'ablation',
  models: [{ name: 'tiny', hash: '0123' }],
  part: 'validation',
  sampling: 'model',
  fixed: {},
  defaults: { 'image-to-audio': defaults, 'audio-to-image': defaults },
  seeds: 2,
  samplesOfASeed: 50,
  engine: 'wasm',
  real: {
    'image-to-audio': { accuracy: 0.99, frechet: 1 },
    'audio-to-image': { accuracy: 0.98, frechet: 2 },
  },
  ...part,
});

const guidance = data({
  ablation: 'guidance',
  axes: ['guidance'],
  points: directions.flatMap((direction) =>
    [1, 2, 4].map((g) => point(direction, { guidance: g }, 0.8 + g / 50)),
  ),
});
const order = data({
  ablation: 'order',
  axes: ['steps', 'order'],
  points: directions.flatMap((direction) =>
    [2, 8].flatMap((steps) =>
      (['halton', 'confidence'] as const).map((one) => point(direction, { steps, order: one }, 0.9)),
    ),
  ),
});
const circles = data({
  ablation: 'temperature-steps',
  axes: ['steps', 'temperature'],
  points: directions.flatMap((direction) =>
    [2, 8].flatMap((steps) =>
      [0, 1].map((temperature) => point(direction, { steps, temperature }, 0.9 - temperature / 10)),
    ),
  ),
});
const drop = data({
  ablation: 'drop',
  axes: ['model'],
  points: directions.flatMap((direction) =>
    ['any', 'masked'].map((model) => point(direction, { model }, 0.9)),
  ),
});

describe('ablationPlot', () => {
  it.each([
    [
      'guidance',
      guidance,
      ['guidance factor', 'named right (%)', 'Fréchet distance', 'image → audio', 'real pictures', 'default'],
    ],
    ['order', order, ['steps N', 'Halton', 'confidence', 'audio → image']],
    ['temperature-steps', circles, ['temperature of the tokens', 'larger is better', '90.0']],
    ['drop', drop, ['dropped positions', 'any', 'masked']],
  ] as const)(
    'draws %s with its labels, alone on a page and the same every time',
    async (_, given, labels) => {
      const svg = ablationPlot(given);
      for (const label of labels) expect(svg).toContain(`>${label}<`);
      expect(svg).not.toMatch(/ id=| class=|<style|<script|NaN|undefined/);
      expect(ablationPlot(given)).toBe(svg);
      const { width, channels } = await sharp(await plotPng(svg)).metadata();
      expect(width).toBeGreaterThan(1000);
      expect(channels).toBe(3);
    },
  );

  it('draws error bars from the low to the high end, and larger circles for the better', () => {
    // Two directions in two panels of three points, each bar of three strokes of this width.
    expect(ablationPlot(guidance).match(/stroke-width="1.2"/g)).toHaveLength(36);
    const sizes = [...ablationPlot(circles).matchAll(/matrix\(([\d.]+),0,0/g)].map(([, size]) =>
      Number(size),
    );
    expect(Math.max(...sizes)).toBeGreaterThan(2 * Math.min(...sizes));
  });

  it('marks no default of the model folder where that is not what was measured', () => {
    expect(ablationPlot({ ...guidance, sampling: 'one-stage' })).not.toContain('>default<');
  });
});

describe('niceRange', () => {
  it.each([
    [87.3, 99.1, { min: 86, max: 100, interval: 5 }],
    [0.31, 0.39, { min: 0.3, max: 0.4, interval: 0.02 }],
    [4, 4, { min: 4, max: 4, interval: 1 }],
  ])('holds %d to %d', (low, high, expected) => {
    const range = niceRange(low, high);
    expect(range.min).toBeLessThanOrEqual(low);
    expect(range.max).toBeGreaterThanOrEqual(high);
    expect(range.interval).toBe(expected.interval);
  });
});
