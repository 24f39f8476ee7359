import { Random } from '@visual-echoes/core';
import { MEL_SPECVQGAN } from '@visual-echoes/vq-audio';
import { expect, it } from 'vitest';
import { levelMel } from './level-mel.js';

const { scaling } = MEL_SPECVQGAN;
const mel = { bands: 4, frames: 1, data: Float32Array.of(0, 0.02, 0.5, 0.99) };

it('changes the level in decibels, keeps silence, and stays within 0..1', () => {
  expect(levelMel(mel, {}, scaling, new Random(1))).toEqual(mel);
  expect([...levelMel(mel, { gain: 5 }, scaling, new Random(1)).data]).toEqual([
    0,
    expect.closeTo(0.07),
    expect.closeTo(0.55),
    1,
  ]);
  expect([...levelMel(mel, { gain: -5 }, scaling, new Random(1)).data]).toEqual([
    0,
    0,
    expect.closeTo(0.45),
    expect.closeTo(0.94),
  ]);
});

it('adds noise of the given deviation above silence', () => {
  const data = new Float32Array(20_000).fill(0.5).fill(0, 10_000);
  const noisy = levelMel({ bands: 1, frames: 20_000, data }, { noise: 2 }, scaling, new Random(2)).data;
  expect(noisy.subarray(10_000).every((value) => value === 0)).toBe(true);
  const mean = noisy.subarray(0, 10_000).reduce((sum, value) => sum + value, 0) / 10_000;
  const square = noisy.subarray(0, 10_000).reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / 10_000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.0008); // 4 standard errors of 2 dB in 100
  expect(Math.sqrt(square)).toBeCloseTo(0.02, 3);
});
