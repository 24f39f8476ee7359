import type { Canvas } from '@visual-echoes/core';
import type { VisualEchoes } from 'visual-echoes';
import { describe, expect, it } from 'vitest';
import type { Example } from '../evaluation/example.js';
import { melDistances, pictureDistances } from './distances.js';
import type { RetrievalContext } from './retrieval-context.js';
import { RETRIEVAL_TASKS } from './retrieval-tasks.js';

const COUNT = 40;
const clips = Array.from({ length: COUNT }, (_, i) => ({
  id: `clip-${i}`,
  frames: [0, 1].map((t) => ({
    width: 1,
    height: 1,
    channels: 1 as const,
    data: Uint8Array.of(6 * i + t),
  })),
  mel: { bands: 1, frames: 1, data: Float32Array.of(i / COUNT) },
}));

/** Whose only token of each medium is the number of the clip; it is right but where `takenFor` says another. */
function knowing(takenFor: (clip: number) => number) {
  const fields = ['image', 'audio'].map((name) => ({ name, grid: [1, 1] as const, vocabulary: COUNT }));
  const token = (value: number) => Int32Array.of(value);
  return {
    fields,
    encode: async (given: { picture?: { data: Uint8Array }; sound?: { data: Float32Array } }[]) =>
      given.map(({ picture, sound }) => ({
        image: token(picture ? Math.floor(picture.data[0] / 6) : -1),
        audio: token(sound ? Math.round(COUNT * sound.data[0]) : -1),
      })),
    async *steps(canvases: Canvas[]) {
      yield { step: 1, steps: 1 };
      return canvases.map(({ image, audio }) => ({
        image: token(image[0] >= 0 ? image[0] : takenFor(Math.max(0, audio[0]))),
        audio: token(audio[0] >= 0 ? audio[0] : takenFor(Math.max(0, image[0]))),
      }));
    },
    decode: async (canvases: Canvas[]) =>
      canvases.map(({ image, audio }) => ({
        picture: clips[image[0]]?.frames[1],
        mel: clips[audio[0]]?.mel,
      })),
    vocode: async (mels: unknown[]) => mels.map(() => ({ sampleRate: 8, channels: [] })),
  } as unknown as VisualEchoes;
}

function measure(task: keyof typeof RETRIEVAL_TASKS, takenFor: (clip: number) => number) {
  const shares: number[] = [];
  const examples: Example[] = [];
  const context: RetrievalContext = {
    model: knowing(takenFor),
    clips,
    distances: { mel: melDistances(clips, 100), picture: pictureDistances(clips) },
    frames: 2,
    seed: 1,
    sampling: {},
    signal: undefined,
    onProgress: (share) => shares.push(share),
    onSheet: async () => {},
    onExamples: async (_, some) => {
      examples.push(...(await some()));
    },
  };
  return RETRIEVAL_TASKS[task](context).then((rows) => ({ rows, shares, examples }));
}

describe('retrieval', () => {
  it('counts results that are nearest to their own clip', async () => {
    const { rows, shares, examples } = await measure('image-to-audio', (clip) => (clip === 3 ? 4 : clip));
    expect(rows[0]).toMatchObject({
      measure: 'nearest to its own clip’s sound',
      correct: 78,
      total: 80,
      reference: { value: 1 / COUNT },
    });
    expect(rows[1].value).toBeCloseTo((2 * 100) / COUNT / 80, 5); // decibels: two are off by one clip
    expect(rows[1].reference!.value).toBeGreaterThan(30);
    expect(shares).toEqual([32 / 80, 64 / 80, 1]);
    expect(examples).toHaveLength(12);
    expect(examples[1]).toMatchObject({ caption: 'clip-3, nearest to clip-4', given: { picture: {} } });
  });

  it('compares a picture with the nearest frame', async () => {
    const { rows } = await measure('audio-to-image', (clip) => clip);
    expect(rows).toMatchObject([
      { correct: COUNT, total: COUNT },
      { value: 0, unit: 'distance' },
    ]);
  });

  it('asks of pairs that picture and sound are of one clip', async () => {
    const { rows } = await measure('co-generation', () => 7);
    expect(rows).toMatchObject([{ correct: COUNT }, { value: 1, unit: 'count' }]);
  });

  it('says what the tokenizers alone lose', async () => {
    const { rows } = await measure('reconstruction', () => 0);
    expect(rows.map(({ value }) => value)).toEqual([1, 0, 1, 0]);
  });
});
