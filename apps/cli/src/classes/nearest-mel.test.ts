import { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import { describe, expect, it } from 'vitest';
import { NearestMel } from './nearest-mel.js';

describe('NearestMel', () => {
  const [bands, frames] = [16, 96];
  const random = new Random(1);
  // Smooth over time, as sounds are: a coarse look must find them.
  const noise = (): Mel => {
    const data = new Float32Array(bands * frames);
    for (let band = 0; band < bands; band++) {
      let value = 0.5;
      for (let t = 0; t < frames; t++) {
        value = 0.9 * value + 0.1 * random.uniform();
        data[band * frames + t] = value;
      }
    }
    return { bands, frames, data };
  };
  const mels = Array.from({ length: 20 }, noise);
  const nearest = new NearestMel(mels, 100);

  it('is 0 for one that is among them', () => {
    expect(nearest.distance(mels[7])).toBe(0);
  });

  it('finds one that is shifted in time, and not by more than 16 frames', () => {
    const shifted = (by: number): Mel => {
      const data = new Float32Array(bands * frames);
      for (let band = 0; band < bands; band++)
        for (let t = by; t < frames; t++) data[band * frames + t] = mels[3].data[band * frames + t - by];
      return { bands, frames, data };
    };
    expect(nearest.distance(shifted(13))).toBeCloseTo(0, 5);
    expect(nearest.distance(shifted(40))).toBeGreaterThan(1);
  });

  it('measures in decibels', () => {
    const louder = { ...mels[5], data: mels[5].data.map((value) => value + 0.001) };
    expect(nearest.distance(louder)).toBeCloseTo(0.1, 4); // float32
  });
});
