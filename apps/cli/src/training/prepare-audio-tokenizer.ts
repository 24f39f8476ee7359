import { ConfigurationError, Random, type StateDict, type VqModelConfiguration } from '@visual-echoes/core';
import { AudioTokenizer, type MelConfig, type SpeechPreprocessing } from '@visual-echoes/vq-audio';
import { readFsdd } from '../data/fsdd.js';
import { DIGITS } from '../data/mnist.js';
import type { OpenedMedia } from '../dataset/read-dataset.js';
import { melShape } from '../prepare/clip-form.js';
import { augmentationOf, digitSoundAugmentation, melAugmentation } from './augmentation-file.js';
import { loadPerceptual } from './load-perceptual.js';
import { inBatches, melSamples } from './media-samples.js';
import type { RunOptions } from './run-options.js';
import { SpokenMels } from './spoken-mels.js';
import { trainTokenizer } from './train-tokenizer.js';
import type { AudioTokenizerFile } from './training-file.js';

/**
 * Prepares to train an audio tokenizer on spoken digits, or on the mel spectrograms of a dataset; needs no engine yet.
 * @throws FileAccessError; ConfigurationError for settings that do not go with the data.
 */
export async function prepareAudioTokenizer(
  {
    configuration,
    mel,
    preprocessing,
    augmentation,
    start,
    perceptual,
    training,
    dataset: _,
    splits,
    balance,
    ...settings
  }: AudioTokenizerFile,
  beside: (path: string) => string,
  source: { fsdd: string } | OpenedMedia,
): Promise<(run: RunOptions) => Promise<StateDict>> {
  const melConfig = mel as unknown as MelConfig;
  const form = melShape(melConfig);
  const samples =
    'fsdd' in source
      ? digitsToDraw(source.fsdd, melConfig, { preprocessing, augmentation, balance, training })
      : inBatches(
          await melSamples(source, form, {
            splits,
            seed: training.seed,
            balance,
            augmentation: augmentationOf(melAugmentation, augmentation, 'the mel spectrograms of a dataset'),
          }),
          training.batchSize,
        );
  return async (run) => {
    const random = new Random(training.seed).fork('weights');
    const tokenizer = new AudioTokenizer(configuration as VqModelConfiguration, { ...form, random });
    const { draw, validation, classes } = typeof samples === 'function' ? await samples() : samples;
    const judge = perceptual && (await loadPerceptual(perceptual, 'sound', beside));
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

function digitsToDraw(
  fsdd: string,
  mel: MelConfig,
  {
    preprocessing,
    augmentation,
    balance,
    training,
  }: Pick<AudioTokenizerFile, 'preprocessing' | 'augmentation' | 'balance' | 'training'>,
) {
  const variation = augmentationOf(digitSoundAugmentation, augmentation, 'spoken digits');
  if (balance) throw new ConfigurationError('"balance" is for a dataset with classes, and not for FSDD.');
  const speech = preprocessing as unknown as SpeechPreprocessing;
  return async () => {
    const spoken = await SpokenMels.prepare(await readFsdd(fsdd, 'train'), mel, speech, variation);
    const heldBack = await SpokenMels.prepare(await readFsdd(fsdd, 'validation'), mel, speech);
    return {
      draw: (_: number, random: Random) =>
        Array.from({ length: training.batchSize }, () => {
          const i = random.integer(spoken.count);
          return { media: spoken.varied(i, random), label: String(spoken.digits[i]) };
        }),
      validation: Array.from({ length: heldBack.count }, (_, i) => ({
        media: heldBack.plain(i),
        label: String(heldBack.digits[i]),
      })),
      classes: DIGITS,
    };
  };
}
