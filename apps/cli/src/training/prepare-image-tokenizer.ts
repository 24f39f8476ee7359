import { ConfigurationError, Random, type StateDict, type VqModelConfiguration } from '@visual-echoes/core';
import { ImageTokenizer, type Picture } from '@visual-echoes/vq-image';
import { DIGITS, type LabelledPictures, MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';
import type { OpenedMedia } from '../dataset/read-dataset.js';
import { augmentationOf, digitPictureAugmentation, frameAugmentation } from './augmentation-file.js';
import { type FolderPictures, folderSamples } from './folder-pictures.js';
import { loadPerceptual } from './load-perceptual.js';
import { inBatches, type Labelled, pictureSamples } from './media-samples.js';
import type { RunOptions } from './run-options.js';
import { trainTokenizer } from './train-tokenizer.js';
import type { ImageTokenizerFile } from './training-file.js';
import { warpPicture } from './warp-picture.js';

/** The last pictures of the training part are kept for validation. */
export const VALIDATION_PICTURES = 1000;

/**
 * Prepares to train an image tokenizer on MNIST, on the pictures of a folder, or on the frames of a dataset; needs no engine yet.
 * @throws FileAccessError; ConfigurationError for settings that do not go with the data.
 */
export async function prepareImageTokenizer(
  {
    configuration,
    picture,
    augmentation,
    start,
    perceptual,
    training,
    dataset: _,
    pictures: __,
    splits,
    balance,
    ...settings
  }: ImageTokenizerFile,
  beside: (path: string) => string,
  source: { mnist: string } | FolderPictures | OpenedMedia,
): Promise<(run: RunOptions) => Promise<StateDict>> {
  const samples =
    'mnist' in source
      ? digitsToDraw(source.mnist, { augmentation, balance, training })
      : await picturesToDraw(source, { picture, augmentation, splits, balance, training });
  return async (run) => {
    const random = new Random(training.seed).fork('weights');
    const tokenizer = new ImageTokenizer(configuration as VqModelConfiguration, { ...picture, random });
    const { draw, validation, classes } = typeof samples === 'function' ? await samples() : samples;
    const judge = perceptual && (await loadPerceptual(perceptual, 'picture', beside));
    const state = await trainTokenizer({
      tokenizer,
      draw,
      validation,
      classes,
      start: start && beside(start),
      schedule: training,
      perceptual: judge,
      ...settings,
      ...run,
    });
    judge?.dispose();
    return state;
  };
}

async function picturesToDraw(
  source: FolderPictures | OpenedMedia,
  {
    picture,
    augmentation,
    splits,
    balance,
    training: { seed, batchSize },
  }: Pick<ImageTokenizerFile, 'picture' | 'augmentation' | 'splits' | 'balance' | 'training'>,
) {
  const options = {
    ...{ splits, seed, balance },
    augmentation: augmentationOf(frameAugmentation, augmentation, 'pictures of a dataset or folder'),
  };
  const samples = await ('rows' in source
    ? pictureSamples(source, picture, options)
    : folderSamples(source, picture, options));
  return inBatches(samples, batchSize);
}

function digitsToDraw(
  mnist: string,
  {
    augmentation,
    balance,
    training: { batchSize },
  }: Pick<ImageTokenizerFile, 'augmentation' | 'balance' | 'training'>,
) {
  const warp = augmentationOf(digitPictureAugmentation, augmentation, 'MNIST');
  if (balance) throw new ConfigurationError('"balance" is for a dataset with classes, and not for MNIST.');
  return async () => {
    const pictures = await readMnist(mnist, 'train');
    const trained = pictures.count - VALIDATION_PICTURES;
    const draw = (_: number, random: Random) =>
      Array.from({ length: batchSize }, () => {
        const i = random.integer(trained);
        const varied = warpPicture(pictureAt(pictures, i), MNIST_SIDE, warp, random);
        return { media: toPicture(varied), label: String(pictures.labels[i]) };
      });
    return { draw, validation: validationPictures(pictures), classes: DIGITS };
  };
}

export const toPicture = (data: Uint8Array): Picture => ({
  width: MNIST_SIDE,
  height: MNIST_SIDE,
  channels: 1,
  data,
});

function validationPictures(pictures: LabelledPictures): Labelled<Picture>[] {
  const first = pictures.count - VALIDATION_PICTURES;
  return Array.from({ length: 256 }, (_, i) => ({
    media: toPicture(pictureAt(pictures, first + i)),
    label: String(pictures.labels[first + i]),
  }));
}
