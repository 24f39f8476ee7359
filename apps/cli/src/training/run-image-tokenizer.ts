import { Random, type VqModelConfiguration } from '@visual-echoes/core';
import { ImageTokenizer, type Picture } from '@visual-echoes/vq-image';
import { type LabelledPictures, MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';
import { loadPerceptual } from './load-perceptual.js';
import type { RunOptions } from './run-options.js';
import { trainTokenizer } from './train-tokenizer.js';
import type { ImageTokenizerFile } from './training-file.js';
import { warpPicture } from './warp-picture.js';

/** The last pictures of the training part are kept for validation. */
export const VALIDATION_PICTURES = 1000;

export async function runImageTokenizer(
  { configuration, picture, augmentation, start, perceptual, training, ...settings }: ImageTokenizerFile,
  beside: (path: string) => string,
  { mnist }: { mnist: string },
  run: RunOptions,
) {
  const random = new Random(training.seed).fork('weights');
  const tokenizer = new ImageTokenizer(configuration as VqModelConfiguration, { ...picture, random });
  const pictures = await readMnist(mnist, 'train');
  const trained = pictures.count - VALIDATION_PICTURES;
  const judge = perceptual && (await loadPerceptual(perceptual, beside));
  const state = await trainTokenizer({
    tokenizer,
    draw: (random) => {
      const original = pictureAt(pictures, random.integer(trained));
      return toPicture(warpPicture(original, MNIST_SIDE, augmentation, random));
    },
    validation: validationPictures(pictures),
    start: start && beside(start),
    schedule: training,
    perceptual: judge,
    ...settings,
    ...run,
  });
  judge?.dispose();
  return state;
}

export const toPicture = (data: Uint8Array): Picture => ({
  width: MNIST_SIDE,
  height: MNIST_SIDE,
  channels: 1,
  data,
});

function validationPictures(pictures: LabelledPictures): Picture[] {
  const first = pictures.count - VALIDATION_PICTURES;
  return Array.from({ length: 256 }, (_, i) => toPicture(pictureAt(pictures, first + i)));
}
