import { ConfigurationError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import {
  augmentationOf,
  digitPictureAugmentation,
  digitSoundAugmentation,
  frameAugmentation,
  melAugmentation,
  pictureAugmentation,
  soundAugmentation,
} from './augmentation-file.js';

const frames = { rotation: 5, scale: [0.5, 1], mirror: 0.5, hue: 0.05 };
const mels = { shiftFrames: 20, circular: true, stretch: 0.1, pitch: 2, mix: {}, gain: 6, noise: 1 };

describe('augmentation in a training file', () => {
  it('is of a dataset or of digits', () => {
    expect(augmentationOf(frameAugmentation, pictureAugmentation.parse(frames), 'pictures')).toEqual(frames);
    expect(augmentationOf(melAugmentation, soundAugmentation.parse(mels), 'mels')).toEqual({
      ...mels,
      mix: { probability: 0.5, level: [-10, 0] },
    });
    const digits = { rotation: 10, scale: 0.08, shift: 1 };
    expect(augmentationOf(digitPictureAugmentation, pictureAugmentation.parse(digits), 'MNIST')).toEqual(
      digits,
    );
    const sounds = { shift: 96, gain: 2, speeds: [0.95, 1] };
    expect(augmentationOf(digitSoundAugmentation, soundAugmentation.parse(sounds), 'FSDD')).toEqual(sounds);
  });

  it('is refused by the name of a setting that is for other data', () => {
    const refused = (run: () => unknown) => {
      expect(run).toThrow(ConfigurationError);
      return expect(run);
    };
    refused(() => augmentationOf(frameAugmentation, { shift: 1 }, 'the pictures of a dataset')).toThrow(
      /"augmentation.shift" does not go with the pictures of a dataset: is for other data. These take rotation, scale, mirror/,
    );
    refused(() => augmentationOf(frameAugmentation, { scale: 0.1 }, 'a dataset')).toThrow(
      /"augmentation.scale"/,
    );
    refused(() => augmentationOf(digitPictureAugmentation, { scale: [0.5, 1] }, 'MNIST')).toThrow(
      /"augmentation.scale"/,
    );
    refused(() => augmentationOf(digitPictureAugmentation, { hue: 0.1 }, 'MNIST')).toThrow(
      /"augmentation.hue"/,
    );
    refused(() => augmentationOf(melAugmentation, { speeds: [1] }, 'a dataset')).toThrow(
      /"augmentation.speeds"/,
    );
    refused(() => augmentationOf(digitSoundAugmentation, { mix: {} }, 'spoken digits')).toThrow(
      /"augmentation.mix" does not go with spoken digits/,
    );
  });

  it('is checked', () => {
    for (const wrong of [
      { scale: [1, 0.5] },
      { scale: [0, 1] },
      { mirror: 2 },
      { hue: 0.6 },
      { colour: 1 },
    ]) {
      expect(pictureAugmentation.safeParse(wrong).success).toBe(false);
    }
    for (const wrong of [
      { shiftFrames: 0.5 },
      { stretch: 1 },
      { mix: { often: 1 } },
      { gain: -1, pitch: 20 },
    ]) {
      expect(soundAugmentation.safeParse(wrong).success).toBe(false);
    }
  });
});
