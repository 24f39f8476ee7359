import { Random } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { describe, expect, it } from 'vitest';
import { augmentPicture, fitPicture } from './fit-picture.js';

const form = { width: 32, height: 32, channels: 3 } as const;

/** Red grows to the right, green to the bottom. */
function slope(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.set([(255 * (i % width)) / (width - 1), (255 * Math.floor(i / width)) / (height - 1), 7], 3 * i);
  }
  return { width, height, channels: 3, data };
}

describe('fitPicture', () => {
  it('keeps the middle of the longer side', async () => {
    const { width, height, data } = await fitPicture(slope(200, 100), form);
    expect([width, height]).toEqual([32, 32]);
    const at = (x: number, y: number) => [...data.subarray(3 * (32 * y + x), 3 * (32 * y + x) + 3)];
    // From a quarter to three quarters of the width, from end to end of the height; tolerance of half a pixel.
    expect(Math.abs(at(0, 16)[0] - 66)).toBeLessThan(3);
    expect(Math.abs(at(31, 16)[0] - 189)).toBeLessThan(3);
    expect(at(16, 0)[1]).toBeLessThan(8);
    expect(at(16, 31)[1]).toBeGreaterThan(247);
    expect(at(5, 5)[2]).toBe(7);
  });

  it('changes between grey and colours, and leaves what fits', async () => {
    const grey: Picture = {
      width: 32,
      height: 32,
      channels: 1,
      data: new Uint8Array(1024).map((_, i) => i % 256),
    };
    expect([...(await fitPicture(grey, { ...form, channels: 1 })).data]).toEqual([...grey.data]);
    const coloured = await fitPicture(grey, form);
    expect([...coloured.data.subarray(3 * 77, 3 * 78)]).toEqual([77, 77, 77]);
    const red: Picture = { ...form, data: new Uint8Array(3072).map((_, i) => (i % 3 === 0 ? 255 : 0)) };
    expect((await fitPicture(red, { ...form, channels: 1 })).data[9]).toBe(76); // 0.299 · 255
  });
});

describe('augmentPicture', () => {
  it('is the same for the same random numbers, and differs by a box and a mirror', async () => {
    const picture = slope(120, 90);
    const variant = (seed: number) => augmentPicture(picture, form, new Random(seed));
    expect(await variant(1)).toEqual(await variant(1));
    const shares: number[] = [];
    let mirrored = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { data } = await variant(seed);
      const [left, right] = [data[3 * 16 * 32], data[3 * (16 * 32 + 31)]];
      const [top, bottom] = [data[3 * 16 + 1], data[3 * (31 * 32 + 16) + 1]];
      if (right < left) mirrored++;
      shares.push((Math.abs(right - left) * (bottom - top)) / 255 ** 2);
    }
    // Of the area between 0.2 and 1; a pixel's width of tolerance.
    expect(Math.min(...shares)).toBeGreaterThan(0.16);
    expect(Math.min(...shares)).toBeLessThan(0.4);
    expect(Math.max(...shares)).toBeGreaterThan(0.8);
    expect(mirrored).toBeGreaterThan(15);
    expect(mirrored).toBeLessThan(45);
  });

  it('takes pictures of any form', async () => {
    for (const [width, height] of [
      [1, 1],
      [500, 3],
      [100_000, 1],
      [1, 100_000],
      [2, 300],
    ]) {
      const picture = {
        width,
        height,
        channels: 3 as const,
        data: new Uint8Array(width * height * 3).fill(9),
      };
      const { data } = await augmentPicture(picture, form, new Random(1));
      expect([...(await fitPicture(picture, form)).data]).toEqual([...data]);
      expect([...data]).toEqual(Array(3072).fill(9));
    }
  });
});
