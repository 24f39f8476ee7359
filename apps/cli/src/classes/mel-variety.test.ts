import { describe, expect, it } from 'vitest';
import { betweenHalves, pairwise } from './mel-variety.js';

const mel = (...values: number[]) => ({
  bands: 2,
  frames: values.length / 2,
  data: Float32Array.from(values),
});

describe('variety of mel spectrograms', () => {
  it('compares all pairs', () => {
    const mels = [mel(0.5, 0.5, 0, 0), mel(1, 1, 1, 1), mel(0.5, 0.5, 1, 1)];
    expect(pairwise(mels)).toBeCloseTo((0.75 + 0.5 + 0.25) / 3, 6);
  });

  it('leaves out the silence that both of a pair have around them', () => {
    const early = mel(0, 1, 0, 0, 0.05, 1, 0, 0.05);
    const late = mel(0, 0, 1, 0, 0, 0, 1, 0);
    expect(pairwise([early, late])).toBeCloseTo((1 + 1 + 1 + 1) / 4, 6);
    expect(pairwise([early, early])).toBe(0);
    expect(pairwise([mel(0, 0, 0, 0), mel(0.05, 0, 0, 0)])).toBe(0);
  });

  it('compares halves of what sounds band by band, without the middle of an odd number of frames', () => {
    expect(betweenHalves(mel(1, 1, 0, 0, 1, 1, 1, 1))).toBe(0.5);
    expect(betweenHalves(mel(0.5, 9, 1, 0.5, 9, 0.5))).toBe(0.25);
    expect(betweenHalves(mel(0, 0.5, 1, 0, 0, 0, 0.5, 0.5, 0, 0))).toBe(0.25);
    expect(betweenHalves(mel(0, 0, 0, 0))).toBe(0);
  });
});
