import type { Picture } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './adjust-colour.js';

const pixels = (...data: number[]): Picture => ({
  width: data.length / 3,
  height: 1,
  channels: 3,
  data: Uint8Array.from(data),
});
const grey: Picture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(50, 150) };
const some = pixels(255, 0, 0, 10, 200, 90, 7, 7, 7, 128, 64, 200);

describe('colours', () => {
  it('stay as they are by a factor of one and no turn', () => {
    for (const adjust of [adjustBrightness, adjustContrast, adjustSaturation]) {
      expect(adjust(some, 1)).toEqual(some);
      expect(adjust(grey, 1)).toEqual(grey);
    }
    expect(adjustHue(some, 0)).toEqual(some);
  });

  it('are brighter up to white', () => {
    expect([...adjustBrightness(pixels(10, 100, 200), 1.5).data]).toEqual([15, 150, 255]);
    expect([...adjustBrightness(some, 0).data]).toEqual(Array(12).fill(0));
  });

  it('have more contrast about the mean grey, and none at zero', () => {
    expect([...adjustContrast(grey, 0.5).data]).toEqual([75, 125]);
    expect([...adjustContrast(grey, 0).data]).toEqual([100, 100]);
  });

  it('lose their saturation to luma', () => {
    // 0.299 · 255 = 76.2; what is grey has none to lose
    expect([...adjustSaturation(pixels(255, 0, 0, 7, 7, 7), 0).data]).toEqual([76, 76, 76, 7, 7, 7]);
    expect(adjustSaturation(grey, 0)).toEqual(grey);
  });

  it('turn round the circle', () => {
    expect([...adjustHue(pixels(255, 0, 0, 0, 255, 0), 1 / 3).data]).toEqual([0, 255, 0, 0, 0, 255]);
    expect([...adjustHue(pixels(255, 0, 0, 9, 9, 9), 0.5).data]).toEqual([0, 255, 255, 9, 9, 9]);
    expect([...adjustHue(pixels(200, 100, 50), -1 / 3).data]).toEqual([100, 50, 200]);
    expect(adjustHue(adjustHue(some, 1 / 3), -1 / 3)).toEqual(some);
    expect(adjustHue(grey, 0.2)).toEqual(grey);
  });
});
