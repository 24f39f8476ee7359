import { halton } from '@visual-echoes/sampler';
import { describe, expect, it } from 'vitest';
import { toSampleOptions } from './generate-options.js';

const plan = [{ fix: { image: 10 } }, { fix: { image: 'rest' } }] as const;

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
});
