import { describe, expect, it } from 'vitest';
import { toSampleOptions } from './generate-options.js';

const folder = {
  steps: { label: 1, audio: 3 },
  temperature: { label: 0, audio: 0.2 },
  guidance: { scale: { label: 1, audio: 2 }, interval: [0, 0.5] as [number, number], fields: ['label'] },
};
const fields = ['image', 'audio', 'label'];

describe('toSampleOptions', () => {
  it('puts the caller’s settings over the folder’s, and those of the media over both', () => {
    expect(toSampleOptions(folder, { temperature: 1 }, fields)).toEqual({ ...folder, temperature: 1 });
    expect(toSampleOptions(folder, { media: { temperature: 1, guidance: 3 } }, fields)).toEqual({
      steps: folder.steps,
      temperature: { label: 0, image: 1, audio: 1 },
      guidance: { ...folder.guidance, scale: { label: 1, image: 3, audio: 3 } },
    });
    expect(
      toSampleOptions(folder, { steps: 5, guidance: 1, media: { steps: 9, guidance: 4 } }, fields),
    ).toEqual({
      steps: { label: 5, image: 9, audio: 9 },
      temperature: folder.temperature,
      guidance: { ...folder.guidance, scale: { label: 1, image: 4, audio: 4 } },
    });
  });
});
