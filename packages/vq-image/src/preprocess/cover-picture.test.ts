import { InvalidInputError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../picture.js';
import { coverPicture } from './cover-picture.js';

/** A picture by a function of place and channel. */
const paint = (
  width: number,
  height: number,
  channels: 1 | 3,
  value: (x: number, y: number, c: number) => number,
): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return value(pixel % width, Math.floor(pixel / width), i % channels);
  }),
});

describe('coverPicture', () => {
  it('takes the middle of a wide picture and of a tall one', () => {
    const wide = paint(8, 2, 3, (x, _, c) => (c === 0 ? 10 * x : 7));
    expect([...coverPicture(wide, { width: 2, height: 2, channels: 3 }).data]).toEqual([
      30, 7, 7, 40, 7, 7, 30, 7, 7, 40, 7, 7,
    ]);
    const tall = paint(2, 8, 1, (_, y) => 10 * y);
    expect([...coverPicture(tall, { width: 2, height: 2, channels: 1 }).data]).toEqual([30, 30, 40, 40]);
    const flat = paint(12, 4, 1, (x) => x);
    expect([...coverPicture(flat, { width: 4, height: 2, channels: 1 }).data]).toEqual(
      [3, 5, 7, 9, 3, 5, 7, 9].map((x) => Math.round(x - 0.5)),
    );
  });

  it('takes means where it shrinks and straight lines where it grows, with the edges as bright as the rest', () => {
    const board = paint(64, 64, 1, (x, y) => ((x + y) % 2) * 255);
    expect(new Set(coverPicture(board, { width: 16, height: 16, channels: 1 }).data)).toEqual(new Set([128]));
    const white = paint(3, 3, 3, () => 255);
    expect(new Set(coverPicture(white, { width: 16, height: 16, channels: 3 }).data)).toEqual(new Set([255]));
    const slope = coverPicture(
      paint(2, 2, 1, (x) => 100 * x),
      { width: 4, height: 4, channels: 1 },
    );
    expect([...slope.data.subarray(0, 4)]).toEqual([0, 25, 75, 100]);
  });

  it('turns grey into colour and colour into grey', () => {
    const grey = paint(4, 4, 1, (x) => 10 * x);
    const coloured = coverPicture(grey, { width: 4, height: 4, channels: 3 });
    expect([...coloured.data.subarray(0, 6)]).toEqual([0, 0, 0, 10, 10, 10]);
    const green = paint(4, 4, 3, (_x, _y, c) => (c === 1 ? 255 : 0));
    expect(coverPicture(green, { width: 2, height: 2, channels: 1 }).data[0]).toBe(150); // 0.587 of 255
  });

  it('gives back what is as wanted, and refuses what has no pixels', () => {
    const picture = paint(4, 4, 1, (x) => x);
    expect(coverPicture(picture, { width: 4, height: 4, channels: 1 })).toBe(picture);
    const none = { width: 0, height: 4, channels: 1 as const, data: new Uint8Array(0) };
    expect(() => coverPicture(none, { width: 4, height: 4, channels: 1 })).toThrow(InvalidInputError);
  });
});
