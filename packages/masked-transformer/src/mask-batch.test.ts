import { emptyCanvas, Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { type MaskingOptions, maskBatch } from './mask-batch.js';

const fields = [
  { name: 'image', grid: [8, 8], vocabulary: 16 },
  { name: 'audio', grid: [5, 7], vocabulary: 9 },
  { name: 'label', grid: [1, 1], vocabulary: 3 },
] as const;
const length = 100;
const known = () => {
  const canvas = emptyCanvas(fields);
  for (const tokens of Object.values(canvas)) tokens.fill(1);
  return canvas;
};

const draw = (options: MaskingOptions, { samples = 400, seed = 1 } = {}) => {
  const canvases = Array.from({ length: samples }, known);
  const batch = maskBatch(fields, canvases, options, new Random(seed));
  const count = (marks: Uint8Array, from: number, to: number) =>
    Array.from({ length: samples }, (_, i) =>
      marks.subarray(i * length + from, i * length + to).reduce((a, b) => a + b, 0),
    );
  return { batch, count };
};

const correlation = (x: number[], y: number[]) => {
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = (a: number[], b: number[], ma: number, mb: number) =>
    mean(a.map((value, i) => (value - ma) * (b[i] - mb)));
  return covariance(x, y, mx, my) / Math.sqrt(covariance(x, x, mx, mx) * covariance(y, y, my, my));
};

describe('maskBatch', () => {
  it('masks by a truncated normal, whose mean is 0.694', () => {
    const { batch, count } = draw({}, { samples: 3000 });
    const image = count(batch.masked, 0, 64);
    expect(Math.min(...image)).toBeGreaterThanOrEqual(32);
    expect(Math.max(...image)).toBeLessThanOrEqual(64);
    // Rounding up adds half a position; the mean of 3000 draws of deviation 0.125 is known to 0.0023.
    expect(image.reduce((a, b) => a + b, 0) / 3000 / 64).toBeCloseTo(0.694 + 0.5 / 64, 1.8);
  });

  it('has no place for a field that the canvases leave out', () => {
    const canvases = [1, 2].map(() => ({ audio: new Int32Array(35).fill(4), label: Int32Array.of(2) }));
    const batch = maskBatch(fields, canvases, { fields: { image: { weight: 2 } } }, new Random(1));
    expect(batch.fields).toEqual(['audio', 'label']);
    expect([...batch.tokens]).toEqual([1, 2].flatMap(() => [...new Array(35).fill(4), 2]));
    expect(() => maskBatch(fields, [canvases[0], known()], {}, new Random(1))).toThrow(/"image"/);
  });

  it('masks ⌈n·r⌉ positions of each field', () => {
    const half = { mean: 0.5, standardDeviation: 1, low: 0.5, high: 0.5 };
    const { batch, count } = draw({ ratio: half });
    expect(new Set(count(batch.masked, 0, 64))).toEqual(new Set([32]));
    expect(new Set(count(batch.masked, 64, 99))).toEqual(new Set([18]));
    const joint = draw({ ratio: half, joint: true });
    expect(new Set(joint.count(joint.batch.masked, 0, length))).toEqual(new Set([50]));
  });

  it('draws a ratio for each field, or one for all', () => {
    const ratios = ({ batch, count }: ReturnType<typeof draw>) =>
      [count(batch.masked, 0, 64), count(batch.masked, 64, 99)] as const;
    // 1500 pairs: an uncorrelated sample's coefficient has a deviation of 0.026.
    expect(Math.abs(correlation(...ratios(draw({}, { samples: 1500 }))))).toBeLessThan(0.1);
    expect(correlation(...ratios(draw({ joint: true }, { samples: 1500 })))).toBeGreaterThan(0.5);
  });

  it('drops ⌈L/2⌉ positions, some of them visible, as the paper does', () => {
    const { batch, count } = draw({});
    expect(new Set(count(batch.dropped, 0, length))).toEqual(new Set([50]));
    const shown = batch.dropped.filter((bit, i) => bit === 1 && batch.masked[i] === 0).length;
    expect(shown / (400 * 50)).toBeGreaterThan(0.2);
  });

  it('drops masked positions only, as MAGE does, and never more than there are', () => {
    const { batch, count } = draw({ drop: 'masked' });
    expect(new Set(count(batch.dropped, 0, length))).toEqual(new Set([50]));
    expect(batch.dropped.some((bit, i) => bit > batch.masked[i])).toBe(false);
    const few = draw({ drop: 'masked', fields: { image: { visible: 1 } } });
    const fewest = Math.min(...few.count(few.batch.masked, 0, length));
    expect(fewest).toBeLessThan(50);
    expect(new Set(few.count(few.batch.dropped, 0, length))).toEqual(new Set([fewest]));
  });

  it('shows and hides whole fields with the probabilities given', () => {
    const { batch, count } = draw({ fields: { image: { visible: 0.3, masked: 0.6 } } }, { samples: 2000 });
    const image = count(batch.masked, 0, 64);
    expect(image.filter((n) => n === 0).length / 2000).toBeCloseTo(0.3, 1);
    expect(image.filter((n) => n === 64).length / 2000).toBeCloseTo(0.6, 1);
  });

  it('asks something in every sample', () => {
    const { batch, count } = draw({
      fields: { image: { visible: 0.9 }, audio: { visible: 0.9 }, label: { visible: 0.9 } },
    });
    expect(Math.min(...count(batch.masked, 0, length))).toBeGreaterThan(0);
    const all = { image: { visible: 1 }, audio: { visible: 1 }, label: { visible: 1 } };
    expect(() => draw({ fields: all })).toThrow(/No draw masks/);
  });

  it('masks what is not known', () => {
    const canvas = { ...known(), label: new Int32Array([-1]) };
    const options = { fields: { label: { visible: 1 } } };
    expect(maskBatch(fields, [canvas], options, new Random(2)).masked[99]).toBe(1);
  });

  it('gives the same masks for the same seed and others for another', () => {
    const few = { samples: 10 };
    const { masked, dropped } = draw({}, few).batch;
    expect(draw({}, few).batch.masked).toEqual(masked);
    expect(draw({}, few).batch.dropped).toEqual(dropped);
    expect(draw({}, { samples: 10, seed: 2 }).batch.masked).not.toEqual(masked);
  });

  it('names what is wrong', () => {
    expect(() => draw({ fields: { smell: {} } })).toThrow(/"smell"; the fields are image, audio, label/);
    expect(() => draw({ dropShare: 1 })).toThrow(/dropShare is 1/);
    expect(() => maskBatch(fields, [], {}, new Random(1))).toThrow(/at least one canvas/);
  });
});
