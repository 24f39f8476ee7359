import { describe, expect, it } from 'vitest';
import { betweenHalves, pairwise } from './mel-variety.js';

const mel = (...values: number[]) => ({
  bands: 2,
  frames: values.length / 2,
  data: Float32Array.from(values),
});

describe('variety of mel spectrograms', () => {
  it('compares all pairs', () => {
    expect(pairwise([mel(0, 0, 0, 0), mel(1, 1, 1, 1), mel(0, 0, 1, 1)])).toBeCloseTo((1 + 0.5 + 0.5) / 3, 6);
  });

  it('compares halves band by band, without the middle of an odd number of frames', () => {
    expect(betweenHalves(mel(0, 0, 1, 1, 0, 0, 0, 0))).toBe(0.5);
    expect(betweenHalves(mel(0, 9, 1, 0, 9, 0))).toBe(0.5);
  });
});
