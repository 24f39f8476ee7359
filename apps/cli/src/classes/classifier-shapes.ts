import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { ClassifierShape } from '../evaluation/classifier.js';

const FEATURES = 64;

/** Channels that no convolution has more of. */
const WIDEST = 128;

/** A classifier of pictures: halved until the short side is at most 4; what is where tells shapes from each other. */
export function pictureClassifierShape(
  { width, height, channels }: Pick<Picture, 'width' | 'height' | 'channels'>,
  classes: number,
): ClassifierShape {
  return {
    ...{ height, width, channels, classes },
    convolutions: [...halving(Math.log2(Math.min(width, height) / 4), 32), [WIDEST, 1]],
    ...{ dropout: 0.3, features: FEATURES },
  };
}

/** A classifier of mel spectrograms: halved until there are at most 5 bands, then pooled over time. */
export function soundClassifierShape(
  { bands, frames }: Pick<Mel, 'bands' | 'frames'>,
  classes: number,
): ClassifierShape {
  return {
    ...{ height: bands, width: frames, channels: 1, classes },
    convolutions: halving(Math.log2(bands / 5), 16),
    ...{ pooling: 'width', dropout: 0.3, features: FEATURES },
  };
}

/** So many convolutions of stride 2, one at least, each with twice the channels of the one before. */
function halving(times: number, first: number): [channels: number, stride: 2][] {
  return Array.from({ length: Math.max(1, Math.ceil(times)) }, (_, i) => [
    Math.min(WIDEST, first * 2 ** i),
    2,
  ]);
}
