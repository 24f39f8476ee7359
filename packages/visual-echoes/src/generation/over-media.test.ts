import { describe, expect, it } from 'vitest';
import { overMedia } from './over-media.js';

const fields = ['image', 'audio', 'label'];

describe('overMedia', () => {
  it('sets the media and leaves the class as it is', () => {
    const own = {
      steps: { label: 1, audio: 3 },
      temperature: { label: 0, audio: 0.2 },
      guidance: { scale: { label: 1, audio: 2 }, interval: [0, 0.5] as const, fields: ['label'] },
      stages: [['label'], ['audio']],
    };
    expect(overMedia(own, { steps: 8, guidance: 3, temperature: 1 }, fields)).toEqual({
      steps: { label: 1, image: 8, audio: 8 },
      temperature: { label: 0, image: 1, audio: 1 },
      guidance: { scale: { label: 1, image: 3, audio: 3 }, interval: [0, 0.5], fields: ['label'] },
      stages: [['label'], ['audio']],
    });
  });

  it('spreads one number over the fields first, and adds what was not there', () => {
    expect(overMedia({ steps: 4 }, { steps: 8, temperature: 0.5 }, fields)).toEqual({
      steps: { image: 8, audio: 8, label: 4 },
      temperature: { image: 0.5, audio: 0.5 },
    });
    expect(overMedia({}, { guidance: 0 }, fields)).toEqual({ guidance: { scale: { image: 0, audio: 0 } } });
  });

  it('changes nothing where nothing is named', () => {
    const own = { steps: 3, guidance: { scale: 2 } };
    expect(overMedia(own, {}, fields)).toEqual(own);
    expect(overMedia({}, {}, fields)).toEqual({});
  });
});
