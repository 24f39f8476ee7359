import { InvalidInputError } from '@visual-echoes/core';
import { expect, it } from 'vitest';
import { prepareClip } from './prepare-clip.js';

const tone = (sampleRate: number, seconds: number) =>
  Float32Array.from({ length: sampleRate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * 440 * i) / sampleRate),
  );

it('cuts what is longer and fills what is shorter', async () => {
  const long = await prepareClip(
    { sampleRate: 8000, channels: [tone(8000, 3)] },
    { sampleRate: 8000, seconds: 2 },
  );
  expect(long).toEqual(tone(8000, 3).subarray(0, 16000));
  const short = await prepareClip(
    { sampleRate: 8000, channels: [tone(8000, 1)] },
    { sampleRate: 8000, seconds: 2 },
  );
  expect(short).toHaveLength(16000);
  expect(short.subarray(0, 8000)).toEqual(tone(8000, 1));
  expect(short.subarray(8000).every((sample) => sample === 0)).toBe(true);
});

it('mixes channels and changes the rate', async () => {
  const [left, right] = [tone(44100, 1), tone(44100, 1).fill(0)];
  const clip = await prepareClip(
    { sampleRate: 44100, channels: [left, right] },
    { sampleRate: 8000, seconds: 1 },
  );
  const reference = tone(8000, 1).map((sample) => sample / 2);
  const middle = clip.subarray(1000, 7000).map((sample, i) => Math.abs(sample - reference[1000 + i]));
  expect(Math.max(...middle)).toBeLessThan(1e-3);
});

it('refuses an empty sound', async () => {
  const call = prepareClip(
    { sampleRate: 8000, channels: [new Float32Array(0)] },
    { sampleRate: 8000, seconds: 1 },
  );
  await expect(call).rejects.toThrow(InvalidInputError);
});
