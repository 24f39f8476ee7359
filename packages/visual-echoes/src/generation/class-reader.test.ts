import { type Canvas, UNKNOWN } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { expect, it, vi } from 'vitest';
import { ClassReader } from './class-reader.js';

/** Reads the class that the first token of a medium names: of a picture nine to one, of a sound three to one. */
const predict = vi.fn((canvases: readonly Canvas[]) => ({
  label: Float32Array.from(
    canvases.flatMap(({ image, audio }) => {
      const [token, odds] = image && image[0] !== UNKNOWN ? [image[0], 9] : [audio[0], 3];
      return [0, 1].map((value) => (value === token ? Math.log(odds) : 0));
    }),
  ),
}));
const reader = new ClassReader({ predict } as unknown as MaskedTransformer, {
  imageToAudio: { stages: [{ fill: ['label'], given: ['image'] }, ['audio']] },
});

const canvas = (image: number, audio: number, label: number): Canvas => ({
  image: Int32Array.of(image, image),
  audio: Int32Array.of(audio, audio),
  label: Int32Array.of(label),
});

it('reads each medium that was made alone, and takes the less sure', async () => {
  const made = [canvas(1, 1, 1), canvas(1, 0, 1), canvas(0, 1, 1), canvas(1, 1, 0), canvas(1, 1, UNKNOWN)];
  const nothing = canvas(UNKNOWN, UNKNOWN, UNKNOWN);
  const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
  const both = made.map(() => nothing);
  expect(await reader.agreement(made, both, 'label')).toEqual(close([0.75, 0.25, 0.1, 0.1, 1]));

  predict.mockClear();
  const seen = made.map(({ image }) => ({ ...nothing, image }));
  expect(await reader.agreement(made, seen, 'label')).toEqual(close([0.75, 0.25, 0.75, 0.25, 1]));
  const heard = made.map(({ audio }) => ({ ...nothing, audio }));
  expect(await reader.agreement(made, heard, 'label')).toEqual(close([0.9, 0.9, 0.1, 0.1, 1]));
  // A sound with the picture hidden; a picture as the stage shows it that reads its class.
  const [[sounds], [pictures]] = predict.mock.calls;
  expect(sounds[0]).toEqual({ ...nothing, audio: made[0]['audio'] });
  expect(pictures[0]).toEqual({ image: made[0]['image'], label: Int32Array.of(UNKNOWN) });
});
