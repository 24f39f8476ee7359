import {
  type Canvas,
  ConfigurationError,
  emptyCanvas,
  InvalidInputError,
  ShapeError,
} from '@visual-echoes/core';
import { describe, expect, it, vi } from 'vitest';
import { confidence } from './order.js';
import type { Predictor } from './predictor.js';
import { sample } from './sample.js';

const fields = [
  { name: 'image', grid: [1, 2], vocabulary: 3 },
  { name: 'label', grid: [1, 1], vocabulary: 2 },
  { name: 'audio', grid: [1, 2], vocabulary: 2 },
] as const;

/** The label by the image's first token, from a table of logits; the sound by the label. */
const EVIDENCE = [
  [0, 1],
  [3, 0],
  [2, 0],
];
function predictorOf() {
  const predict = vi.fn((canvases: readonly Canvas[]) => ({
    label: Float32Array.from(canvases.flatMap(({ image }) => EVIDENCE[image?.[0]] ?? [0, 0])),
    audio: Float32Array.from(
      canvases.flatMap(({ label }) => [0, 9, 0, 9].map((x) => (label?.[0] ? x : 9 - x))),
    ),
  }));
  return { predict, predictor: { fields, predict } as Predictor };
}

const of = (...image: number[]) => ({ image: Int32Array.from(image) });
const given = (...image: number[]): Canvas => ({ ...emptyCanvas(fields), ...of(...image) });
const options = {
  canvases: [given(0, 0)],
  temperature: 0,
  stages: [
    { fill: ['label'], given: ['image'] },
    { fill: ['audio'], given: ['label'] },
  ],
};

describe('views', () => {
  it('count as much as the canvas', async () => {
    const { predictor } = predictorOf();
    const label = async (views?: Partial<Canvas>[]) =>
      (await sample(predictor, { ...options, ...(views && { views: [views] }) }))[0].label[0];
    expect(await label()).toBe(1);
    expect(await label([of(0, 1), of(0, 2), of(2, 0)])).toBe(1);
    expect(await label([of(1, 1), of(0, 2)])).toBe(0);
  });

  it('give what the mean of their logits gives, also with guidance', async () => {
    const { predictor } = predictorOf();
    const views = [[of(1, 0), of(2, 0)]];
    const mean = [5 / 3, 1 / 3];
    const averaged: Predictor = {
      fields,
      predict: (canvases) => ({
        ...predictor.predict(canvases),
        label: Float32Array.from(canvases.flatMap(({ image }) => (image[0] < 0 ? [0, 0] : mean))),
      }),
    };
    const drawn = {
      ...options,
      temperature: 1,
      order: confidence(),
      guidance: { scale: 1.5 },
      stages: [['label']],
    };
    for (let seed = 0; seed < 20; seed++) {
      expect(await sample(predictor, { ...drawn, views, seed })).toEqual(
        await sample(averaged, { ...drawn, seed }),
      );
    }
  });

  it('are asked about only where the predictor sees them, and equal ones once', async () => {
    const { predictor, predict } = predictorOf();
    await sample(predictor, {
      ...options,
      canvases: [given(0, 0), given(1, 0)],
      views: [[of(0, 0), of(1, 0)], []],
    });
    expect(predict.mock.calls.map(([canvases]) => canvases.length)).toEqual([2, 1, 2]); // both labels are the same
  });

  it('leave a sample as it is in a batch without them, and the canvases unchanged', async () => {
    const { predictor } = predictorOf();
    const canvases = [given(0, 0), given(0, 0)];
    const [seen, plain] = await sample(predictor, { ...options, canvases, views: [[of(1, 1)], []] });
    expect([seen.label[0], plain.label[0]]).toEqual([0, 1]);
    expect([...seen.image, ...plain.image]).toEqual([0, 0, 0, 0]);
    expect([...canvases[0].label]).toEqual([-1]);
  });

  it('are drawn from logits, also by a predictor that draws', async () => {
    const { predictor } = predictorOf();
    const draw = vi.fn();
    const [canvas] = await sample(
      { ...predictor, draw },
      { ...options, views: [[of(1, 1)]], stages: [['label']] },
    );
    expect(canvas.label[0]).toBe(0);
    expect(draw).not.toHaveBeenCalled();
  });

  it.each([
    ['another number of lists', [[], []], ConfigurationError],
    ['a field that there is not', [[{ smell: Int32Array.of(1) }]], ConfigurationError],
    ['a field that is open', [[{ label: Int32Array.of(1) }]], InvalidInputError],
    ['a token that is unknown', [[of(0, -1)]], InvalidInputError],
    ['a token outside the vocabulary', [[of(0, 3)]], InvalidInputError],
    ['too few tokens', [[of(0)]], ShapeError],
  ])('refuse %s', async (_, views, error) => {
    const { predictor } = predictorOf();
    await expect(sample(predictor, { ...options, views })).rejects.toThrow(error);
  });
});
