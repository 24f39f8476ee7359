import { Random } from '@visual-echoes/core';
import { MEL_SPECVQGAN, type Mel } from '@visual-echoes/vq-audio';
import { describe, expect, it } from 'vitest';
import { augmentMel, type MelAugmentation } from './augment-mel.js';

const mel = (seed = 1): Mel => ({ bands: 80, frames: 48, data: new Random(seed).uniforms(80 * 48) });
const all: MelAugmentation = {
  shiftFrames: 10,
  circular: true,
  stretch: 0.1,
  pitch: 2,
  mix: { probability: 1, level: [-10, 0] },
  gain: 6,
  noise: 0.5,
};
const varied = (seed: number, settings: MelAugmentation = all, from = mel(), other = mel(2)) =>
  augmentMel(from, settings, MEL_SPECVQGAN, new Random(seed), () => other);

describe('augmentMel', () => {
  it('leaves a mel spectrogram as it is by no setting, and by widths of zero', () => {
    expect(varied(1, {})).toEqual(mel());
    const none = { shiftFrames: 0, stretch: 0, pitch: 0, gain: 0, noise: 0 };
    expect(varied(1, { ...none, mix: { probability: 0, level: [0, 0] } })).toEqual(mel());
  });

  it('keeps form and range, and is the same for the same random numbers', () => {
    const made = varied(3);
    expect(made).toMatchObject({ bands: 80, frames: 48 });
    expect(made.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(varied(3)).toEqual(made);
    expect(varied(4)).not.toEqual(made);
  });

  it('leaves silence silent', () => {
    const silent = { ...mel(), data: new Float32Array(80 * 48) };
    for (let seed = 0; seed < 5; seed++) expect(varied(seed, all, silent, silent)).toEqual(silent);
  });

  it('mixes as often as asked, and not where there is no other', () => {
    const mix = { probability: 0.25, level: [-10, 0] as const };
    let mixed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { data } = varied(seed, { mix });
      if (data[0] !== mel().data[0]) mixed++;
    }
    expect(Math.abs(mixed - 50)).toBeLessThan(25); // 4 standard deviations
    const alone = augmentMel(
      mel(),
      { mix: { ...mix, probability: 1 } },
      MEL_SPECVQGAN,
      new Random(1),
      () => undefined,
    );
    expect(alone).toEqual(mel());
  });
});
