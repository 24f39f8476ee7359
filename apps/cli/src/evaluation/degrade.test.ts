import { type Picture, toMnistForm } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { degradePicture, degradeSound } from './degrade.js';

/** A ring, 20 high, in the middle of 28 × 28. */
const ring: Picture = {
  width: 28,
  height: 28,
  channels: 1,
  data: Uint8Array.from({ length: 784 }, (_, i) => {
    const radius = Math.hypot((i % 28) - 14, Math.floor(i / 28) - 14);
    return 255 * Math.min(1, Math.max(0, 2 - Math.abs(radius - 8)));
  }),
};

describe('degradePicture', () => {
  it('draws dark on a light page, the same for a seed and another for another', () => {
    const page = degradePicture(ring, 1);
    expect(page).toMatchObject({ width: 640, height: 480, channels: 3 });
    const sorted = page.data.slice().sort();
    expect(sorted[0]).toBeLessThan(80);
    expect(sorted[sorted.length >> 1]).toBeGreaterThan(80);
    expect(Buffer.compare(degradePicture(ring, 1).data, page.data)).toBe(0);
    expect(Buffer.compare(degradePicture(ring, 2).data, page.data)).not.toBe(0);
  });

  it('keeps the digit whole, of any size and place, so that it can be found again', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const found = toMnistForm(degradePicture(ring, seed));
      const difference = found.data.reduce((sum, value, i) => sum + Math.abs(value - ring.data[i]), 0) / 784;
      expect(difference, `seed ${seed}`).toBeLessThan(20); // a blank picture differs by 34
    }
  });
});

describe('degradeSound', () => {
  it('puts a second of noise around, 30 dB down, at 44.1 kHz in stereo', async () => {
    const speech = Float32Array.from({ length: 4000 }, (_, i) => 0.3 * Math.sin(i / 3));
    const { sampleRate, channels } = await degradeSound({ sampleRate: 8000, channels: [speech] }, 1);
    expect(sampleRate).toBe(44_100);
    expect(channels.map(({ length }) => length)).toEqual([110_250, 110_250]);
    const level = (samples: Float32Array) =>
      10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    const [left] = channels;
    const spoken = level(left.slice(44_100, 66_150));
    // The noise is drawn: its level over a second is within half a decibel.
    expect(Math.abs(level(left.slice(0, 44_100)) - (spoken - 30))).toBeLessThan(0.5);
    expect(Math.abs(level(left.slice(66_150)) - (spoken - 30))).toBeLessThan(0.5);
    expect(channels[1][0]).not.toBe(left[0]);
  });
});
