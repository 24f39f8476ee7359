import { Random } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { augmentFrame } from './augment-frame.js';

/** Red grows to the right, green to the bottom. */
const slope: Picture = {
  width: 32,
  height: 32,
  channels: 3,
  data: Uint8Array.from({ length: 3072 }, (_, i) =>
    i % 3 === 2 ? 128 : 8 * (i % 3 === 0 ? Math.floor(i / 3) % 32 : Math.floor(i / 96)),
  ),
};

describe('augmentFrame', () => {
  it('leaves a frame as it is by no setting', async () => {
    expect(await augmentFrame(slope, {}, new Random(1))).toEqual(slope);
  });

  it('is the same for the same random numbers', async () => {
    const all = {
      rotation: 8,
      scale: [0.5, 1],
      mirror: 0.5,
      brightness: 0.2,
      contrast: 0.2,
      saturation: 0.2,
      hue: 0.05,
    } as const;
    const varied = (seed: number) => augmentFrame(slope, all, new Random(seed));
    expect(await varied(1)).toEqual(await varied(1));
    expect(await varied(1)).not.toEqual(await varied(2));
    expect(await varied(3)).toMatchObject({ width: 32, height: 32, channels: 3 });
  });

  it('cuts at least the asked area, and mirrors as often as asked', async () => {
    let mirrored = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { data } = await augmentFrame(slope, { scale: [0.5, 1], mirror: 0.5 }, new Random(seed));
      const across = data[3 * (16 * 32 + 31)] - data[3 * 16 * 32];
      const down = data[3 * (31 * 32 + 16) + 1] - data[3 * 16 + 1];
      if (across < 0) mirrored++;
      // 248 from edge to edge; a pixel's width of tolerance.
      expect((Math.abs(across) * down) / 248 ** 2).toBeGreaterThan(0.42);
    }
    expect(mirrored).toBeGreaterThan(15);
    expect(mirrored).toBeLessThan(45);
  });
});
