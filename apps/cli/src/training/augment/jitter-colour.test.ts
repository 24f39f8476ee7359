import { Random } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { expect, it } from 'vitest';
import { jitterColour } from './jitter-colour.js';

const random = () => new Random(4);
const picture: Picture = {
  width: 16,
  height: 16,
  channels: 3,
  data: Uint8Array.from({ length: 768 }, (_, i) => (37 * i) % 256),
};

it('changes nothing by no width, and the same for the same random numbers', () => {
  expect(jitterColour(picture, {}, random())).toEqual(picture);
  const widths = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
  const jittered = jitterColour(picture, widths, random());
  expect(jittered).toEqual(jitterColour(picture, widths, random()));
  expect(jittered).not.toEqual(picture);
  expect(jitterColour(picture, widths, new Random(5))).not.toEqual(jittered);
});

it('draws its factors about one', () => {
  const grey: Picture = { width: 1, height: 1, channels: 1, data: Uint8Array.of(100) };
  const seen = Array.from(
    { length: 300 },
    (_, i) => jitterColour(grey, { brightness: 0.3 }, new Random(i)).data[0],
  );
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(70);
  expect(Math.min(...seen)).toBeLessThan(75);
  expect(Math.max(...seen)).toBeLessThanOrEqual(130);
  expect(Math.max(...seen)).toBeGreaterThan(125);
});
