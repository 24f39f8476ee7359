import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { dilate, mapPlane, newPlane, type Plane, resize, smooth, toGrey } from './plane.js';

const random = (width: number, height: number): Plane => ({
  width,
  height,
  data: new Random(1).uniforms(width * height),
});

describe('toGrey', () => {
  it('weighs colours by BT.601', () => {
    const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255]);
    const grey = toGrey({ width: 3, height: 1, channels: 3, data });
    expect(Array.from(grey.data, (v) => v.toFixed(3))).toEqual(['0.299', '0.587', '0.114']);
  });
});

describe('resize', () => {
  it('leaves a plane of the same size as it is', () => {
    const plane = random(7, 5);
    expect(Array.from(resize(plane, 7, 5).data)).toEqual(Array.from(plane.data));
  });

  it('takes means where it shrinks', () => {
    const plane = { width: 4, height: 2, data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]) };
    expect(Array.from(resize(plane, 2, 1).data)).toEqual([3.5, 5.5]);
    const thirds = resize({ width: 3, height: 1, data: Float32Array.from([3, 6, 9]) }, 2, 1).data;
    expect(thirds[0]).toBeCloseTo((3 + 0.5 * 6) / 1.5, 6);
    expect(thirds[1]).toBeCloseTo((0.5 * 6 + 9) / 1.5, 6);
  });

  it('cuts out a part, with nothing outside', () => {
    const plane = mapPlane(newPlane(4, 4), () => 1);
    const part = resize(plane, 2, 2, { left: 2, top: 0, right: 6, bottom: 4 });
    expect(Array.from(part.data)).toEqual([1, 0, 1, 0]);
  });

  it('draws straight lines between pixels where it grows', () => {
    const plane = { width: 2, height: 3, data: Float32Array.from([0, 4, 0, 4, 0, 4]) };
    expect(Array.from(resize(plane, 4, 3).data.subarray(5, 7))).toEqual([1, 3]);
  });
});

describe('dilate', () => {
  it('is the largest value in a square around each pixel', () => {
    const plane = random(13, 9);
    const radius = 2;
    const expected = mapPlane(plane, (_, i) => {
      const [cx, cy] = [i % 13, Math.floor(i / 13)];
      let best = Number.NEGATIVE_INFINITY;
      for (let y = Math.max(0, cy - radius); y <= Math.min(8, cy + radius); y++) {
        for (let x = Math.max(0, cx - radius); x <= Math.min(12, cx + radius); x++) {
          best = Math.max(best, plane.data[y * 13 + x]);
        }
      }
      return best;
    });
    expect(Array.from(dilate(plane, radius).data)).toEqual(Array.from(expected.data));
  });
});

describe('smooth', () => {
  it('spreads a dot over nine pixels', () => {
    const plane = newPlane(5, 5);
    plane.data[12] = 9;
    const { data } = smooth(plane);
    expect([data[6], data[12], data[18], data[0]]).toEqual([1, 1, 1, 0]);
  });
});
