import { describe, expect, it } from 'vitest';
import { pointSampling } from './point-sampling.js';
import { type Point, pointName } from './point-settings.js';

const point: Point = {
  direction: 'image-to-audio',
  sampling: 'model',
  settings: {},
  seed: 1,
  samples: 100,
  part: 'validation',
};

describe('pointSampling', () => {
  it('names the medium’s settings over the model folder’s', () => {
    expect(pointSampling(point)).toEqual({ media: {}, rejection: false });
    expect(pointSampling({ ...point, settings: { guidance: 3, steps: 8, order: 'halton' } })).toMatchObject({
      media: { guidance: 3, steps: 8 },
      order: { name: 'halton' },
    });
    expect(pointSampling({ ...point, settings: { choiceTemperature: 6 } })).toMatchObject({
      order: { name: 'confidence', temperature: 6 },
    });
  });

  it('goes in one stage from medium to medium, with nothing of the model folder’s guidance', () => {
    expect(pointSampling({ ...point, sampling: 'one-stage', settings: { guidance: 2 } })).toEqual({
      stages: [['audio']],
      views: false,
      rejection: false,
      steps: 12,
      temperature: 1,
      order: { name: 'confidence', schedule: 'cosine', temperature: 4.5 },
      guidance: { scale: 2, fields: ['image'], growth: 'constant', interval: [0, 1] },
    });
    const back = pointSampling({ ...point, direction: 'audio-to-image', sampling: 'one-stage' });
    expect(back).toMatchObject({ stages: [['image']], guidance: { scale: 1, fields: ['audio'] } });
  });
});

describe('pointName', () => {
  it('tells every setting, in one order, by signs that every file system takes', () => {
    const settings = { steps: 8, guidance: 1.5, model: '0.55/b' };
    expect(pointName({ ...point, settings }, 'abc')).toBe(
      'image-to-audio_model_model-0.55_b_guidance-1.5_steps-8_validation_100-samples_seed-1_abc',
    );
  });
});
