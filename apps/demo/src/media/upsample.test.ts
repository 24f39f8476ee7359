import { expect, it } from 'vitest';
import { upsample } from './upsample.js';

it('keeps the samples, and finds what lies between them', () => {
  const tone = (i: number) => Math.sin(i * 0.9);
  const out = upsample(
    Float32Array.from({ length: 200 }, (_, i) => tone(i)),
    3,
  );
  expect(out).toHaveLength(600);
  for (let i = 100; i < 500; i++) expect(Math.abs(out[i] - tone(i / 3))).toBeLessThan(i % 3 ? 0.005 : 1e-6);
});
