import { InvalidInputError, Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../picture.js';
import { toMnistForm } from './to-mnist-form.js';

/** A seven by three strokes, with soft edges, of any size and place. */
interface Seven {
  width?: number;
  height?: number;
  /** Where its upper left corner is, and how high it is, in pixels. */
  left?: number;
  top?: number;
  size?: number;
  pen?: number;
  light?: (x: number, y: number) => number;
  ink?: number;
}

function seven({
  width = 640,
  height = 480,
  left = 200,
  top = 100,
  size = 200,
  pen = size / 10,
  light = () => 1,
  ink = 0.1,
}: Seven = {}): Picture {
  const strokes = [
    [0, 0, 0.7, 0],
    [0.7, 0, 0.3, 1],
    [0.2, 0.55, 0.75, 0.55],
  ].map((stroke) => stroke.map((share) => pen / 2 + share * (size - pen)));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.min(
        ...strokes.map(([x1, y1, x2, y2]) => {
          const [u, v] = [x + 0.5 - left - x1, y + 0.5 - top - y1];
          const [dx, dy] = [x2 - x1, y2 - y1];
          const along = Math.min(1, Math.max(0, (u * dx + v * dy) / (dx * dx + dy * dy)));
          return Math.hypot(u - along * dx, v - along * dy);
        }),
      );
      const covered = Math.min(1, Math.max(0, pen / 2 - distance + 0.5));
      data[y * width + x] = Math.round(255 * light(x, y) * (1 - covered * (1 - ink)));
    }
  }
  return { width, height, channels: 1, data };
}

const inverted = (picture: Picture): Picture => ({ ...picture, data: picture.data.map((v) => 255 - v) });

/** Mean absolute difference of two pictures, 0..255. */
const difference = (a: Picture, b: Picture) =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;

function measure({ width, data }: Picture) {
  const [columns, rows] = [new Set<number>(), new Set<number>()];
  let [mass, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    if (value > 0) {
      columns.add(i % width);
      rows.add(Math.floor(i / width));
    }
    mass += value;
    x += (i % width) * value;
    y += Math.floor(i / width) * value;
  });
  return { size: Math.max(columns.size, rows.size), x: x / mass, y: y / mass, peak: Math.max(...data) };
}

const plain = toMnistForm(seven());

describe('toMnistForm', () => {
  it('gives 28 × 28, the digit 20 high, bright, its centre of mass at (14, 14)', () => {
    expect(plain).toMatchObject({ width: 28, height: 28, channels: 1 });
    const { size, x, y, peak } = measure(plain);
    expect(size).toBe(20);
    expect(peak).toBe(255);
    expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5);
  });

  it('leaves a picture that has MNIST’s form as it is', () => {
    expect(toMnistForm(plain)).toEqual(plain);
  });

  it('reproduces such a picture by its recipe, where it comes inverted', () => {
    expect(difference(toMnistForm(inverted(plain)), plain)).toBeLessThan(2);
  });

  // The tolerance: moving the digit by half a pixel changes it by about 8.
  it.each<[string, Picture]>([
    ['light on dark', inverted(seven())],
    ['small, in a corner', seven({ left: 560, top: 400, size: 60 })],
    ['large', seven({ left: 90, top: 20, size: 420 })],
    ['running out of the page a little', seven({ left: 0, top: 200 })],
    ['on a small picture', seven({ width: 50, height: 60, left: 5, top: 8, size: 40 })],
    ['on a large picture', seven({ width: 1300, height: 900, left: 300, top: 200, size: 500 })],
    ['pale', seven({ ink: 0.7 })],
    ['a soft shadow across', seven({ light: (x) => 1 - 0.5 / (1 + Math.exp((280 - x) / 15)) })],
    ['light from one side', seven({ light: (x, y) => 0.5 + x / 1600 + y / 4800 })],
  ])('finds the digit: %s', (_, picture) => {
    expect(difference(toMnistForm(picture), plain)).toBeLessThan(8);
  });

  it('reads colour', () => {
    const { width, height, data } = seven();
    const red = new Uint8Array(data.length * 3).fill(255);
    data.forEach((value, i) => red.set([value, value / 2, value / 2], 3 * i));
    expect(difference(toMnistForm({ width, height, channels: 3, data: red }), plain)).toBeLessThan(8);
  });

  it('overlooks specks, noise and the dark rim of a page', () => {
    const picture = seven();
    const random = new Random(3);
    picture.data.forEach((value, i) => {
      const rim = i % 640 > 615 ? 0.15 : 1;
      picture.data[i] = Math.min(255, Math.max(0, value * rim + random.normal(0, 5)));
    });
    for (let speck = 0; speck < 30; speck++) picture.data[random.integer(picture.data.length)] = 0;
    expect(difference(toMnistForm(picture), plain)).toBeLessThan(8);
  });

  it('makes hair lines as broad as MNIST’s pens', () => {
    const thin = toMnistForm(seven({ size: 300, pen: 4 }));
    const ink = (picture: Picture) => picture.data.reduce((sum, value) => sum + value, 0);
    expect(ink(thin)).toBeGreaterThan(0.5 * ink(plain));
  });

  it.each<[string, Picture]>([
    ['one pixel', { width: 1, height: 1, channels: 1, data: new Uint8Array(1) }],
    ['blank paper', seven({ ink: 1 })],
    ['a shadow alone', seven({ ink: 1, light: (x) => 1 - 0.5 / (1 + Math.exp((280 - x) / 15)) })],
    [
      'noise',
      { width: 200, height: 200, channels: 1, data: Uint8Array.from(new Random(1).uniforms(40000, 0, 256)) },
    ],
    [
      'small noise',
      { width: 28, height: 28, channels: 1, data: Uint8Array.from(new Random(1).uniforms(784, 0, 256)) },
    ],
    ['too few values', { width: 28, height: 28, channels: 3, data: new Uint8Array(784) }],
  ])('says that there is no digit: %s', (_, picture) => {
    expect(() => toMnistForm(picture)).toThrow(InvalidInputError);
  });
});
