import { halton } from '@visual-echoes/sampler';
import { describe, expect, it } from 'vitest';
import { toSampleOptions } from './generate-options.js';

const plan = [{ fix: { image: 10 } }, { fix: { image: 'rest' } }] as const;

const staged = {
  steps: { label: 1, audio: 3 },
  temperature: { label: 0, audio: 0.2 },
  guidance: { scale: { label: 1, audio: 2 }, interval: [0, 0.5] as [number, number], fields: ['label'] },
};
const fields = ['image', 'audio', 'label'];

describe('toSampleOptions', () => {
  it('puts the caller over the model folder', () => {
    const folder = {
      steps: 8,
      schedule: 'cosine',
      temperature: 0.5,
      guidance: { scale: 3, growth: 'linear' },
    } as const;
    expect(toSampleOptions(folder, { steps: 4, guidance: 2 })).toEqual({
      ...folder,
      steps: 4,
      guidance: { scale: 2, growth: 'linear' },
    });
    expect(toSampleOptions(folder, { order: halton() })).not.toHaveProperty('schedule');
  });

  it('takes a plan instead of steps, schedule and stages, and these instead of a plan', () => {
    const folder = { steps: 8, schedule: 'cosine', stages: [['image']], temperature: 0.5 };
    expect(toSampleOptions(folder, { plan })).toEqual({ plan, temperature: 0.5 });
    const planned = { plan: [...plan], temperature: 0.5 };
    expect(toSampleOptions(planned)).toEqual(planned);
    expect(toSampleOptions(planned, { steps: 4 })).toEqual({ steps: 4, temperature: 0.5 });
  });

  it('puts those of the media over both', () => {
    expect(toSampleOptions(staged, { temperature: 1 }, fields)).toEqual({ ...staged, temperature: 1 });
    expect(toSampleOptions(staged, { media: { temperature: 1, guidance: 3 } }, fields)).toEqual({
      steps: staged.steps,
      temperature: { label: 0, image: 1, audio: 1 },
      guidance: { ...staged.guidance, scale: { label: 1, image: 3, audio: 3 } },
    });
    expect(
      toSampleOptions(staged, { steps: 5, guidance: 1, media: { steps: 9, guidance: 4 } }, fields),
    ).toEqual({
      steps: { label: 5, image: 9, audio: 9 },
      temperature: staged.temperature,
      guidance: { ...staged.guidance, scale: { label: 1, image: 4, audio: 4 } },
    });
  });
});
