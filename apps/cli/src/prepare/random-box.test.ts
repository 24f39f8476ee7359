import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { randomBox } from './random-box.js';

it('has an area and sides within their limits, and lies in the picture', () => {
  const random = new Random(1);
  for (let i = 0; i < 200; i++) {
    const { left, top, width, height } = randomBox({ width: 300, height: 200 }, random, [0.5, 0.6]);
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
    expect(left + width).toBeLessThanOrEqual(300);
    expect(top + height).toBeLessThanOrEqual(200);
    // Half a pixel of rounding a side.
    expect((width * height) / 60_000).toBeGreaterThan(0.49);
    expect((width * height) / 60_000).toBeLessThan(0.61);
    expect(width / height).toBeGreaterThan(0.745);
    expect(width / height).toBeLessThan(1.345);
  }
});

it('is the whole of a square for the whole area, and the middle where no draw fits', () => {
  const whole = randomBox({ width: 64, height: 64 }, new Random(2), [1, 1]);
  expect(whole.width * whole.height).toBeGreaterThan(64 * 63);
  const line = randomBox({ width: 100, height: 3 }, new Random(3), [1, 1]);
  expect(line).toEqual({ left: 48, top: 0, width: 4, height: 3 });
});
