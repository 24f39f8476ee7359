import { expect, it } from 'vitest';
import { recordingOf } from './recording-of.js';

it('knows takes of ESC-50 and parts of a video, and takes all else as a recording of its own', () => {
  expect(recordingOf('train/dog/1-100032-A.ogg')).toBe('1-100032');
  expect(recordingOf('dog/1-100032-B-0.wav')).toBe('1-100032');
  expect(recordingOf('0nib7bMm8BA_000030')).toBe('0nib7bMm8BA');
  expect(recordingOf('train/dog/bark-A.ogg')).toBe('train/dog/bark-A.ogg');
});
