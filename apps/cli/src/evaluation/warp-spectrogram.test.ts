import { Random } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { warpSpectrogram } from './warp-spectrogram.js';

it('varies a spectrogram within −1..1, the same for the same random numbers', () => {
  const mel = new Random(1).uniforms(64 * 64, -1, 1);
  const before = mel.slice();
  const varied = warpSpectrogram(mel, 64, new Random(2));
  expect(mel).toEqual(before);
  expect(varied.every((value) => value >= -1 && value <= 1)).toBe(true);
  expect(warpSpectrogram(mel, 64, new Random(2))).toEqual(varied);
  expect(warpSpectrogram(mel, 64, new Random(3))).not.toEqual(varied);
});
