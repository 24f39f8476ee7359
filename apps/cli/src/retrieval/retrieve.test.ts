import { expect, it } from 'vitest';
import { melDistances, pictureDistances } from './distances.js';
import { givenFrames, nearestFrame } from './given-frames.js';
import { retrieve } from './retrieve.js';

const grey = (value: number, side = 4) => ({
  width: side,
  height: side,
  channels: 1 as const,
  data: new Uint8Array(side * side).fill(value),
});
const mel = (value: number) => ({ bands: 1, frames: 2, data: Float32Array.of(value, value) });
const clips = [
  { id: 'a', frames: [grey(0), grey(100), grey(20)], mel: mel(0) },
  { id: 'b', frames: [grey(60)], mel: mel(0.5) },
];

it('finds the nearest clip, and its own among equals', () => {
  expect(retrieve(Float64Array.of(3, 1, 5), 1)).toEqual({
    own: 1,
    nearest: 1,
    ownDistance: 1,
    otherDistance: 4,
  });
  expect(retrieve(Float64Array.of(3, 1, 5), 2)).toMatchObject({ nearest: 1, otherDistance: 2 });
  expect(retrieve(Float64Array.of(2, 2, 2), 2).nearest).toBe(2);
});

it('measures mel spectrograms in decibels, and pictures to the nearest frame', () => {
  expect([...melDistances(clips, 100)(mel(0.125))]).toEqual([12.5, 37.5]);
  expect([...pictureDistances(clips)(grey(90))]).toEqual([10, 30]);
  expect(nearestFrame(grey(90), clips[0].frames)).toBe(clips[0].frames[1]);
  // Made small: one pixel of 4096 of 255, of which a quarter falls on each of 1024.
  const dotted = grey(0, 64);
  dotted.data[0] = 255;
  const [distance] = pictureDistances([{ frames: [grey(0, 64)] }])(dotted);
  expect(distance).toBeCloseTo(64 / 1024, 2);
});

it('gives frames in the middle of equal parts', () => {
  const frames = Array.from({ length: 10 }, (_, i) => grey(i));
  const given = (count: number) =>
    givenFrames([{ id: 'c', frames, mel: mel(0) }], count).map(({ picture }) => picture.data[0]);
  expect([given(1), given(2), given(20).length]).toEqual([[5], [2, 7], 10]);
});
