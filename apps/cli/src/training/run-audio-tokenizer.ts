import { Random, type VqModelConfiguration } from '@visual-echoes/core';
import { AudioTokenizer, type MelConfig, type SpeechPreprocessing } from '@visual-echoes/vq-audio';
import { readFsdd } from '../data/fsdd.js';
import type { RunOptions } from './run-options.js';
import { SpokenMels } from './spoken-mels.js';
import { trainTokenizer } from './train-tokenizer.js';
import type { AudioTokenizerFile } from './training-file.js';

export async function runAudioTokenizer(
  { configuration, mel, preprocessing, augmentation, start, training, ...settings }: AudioTokenizerFile,
  beside: (path: string) => string,
  { fsdd }: { fsdd: string },
  run: RunOptions,
) {
  const random = new Random(training.seed).fork('weights');
  const melConfig = mel as unknown as MelConfig;
  const speech = preprocessing as unknown as SpeechPreprocessing;
  const tokenizer = new AudioTokenizer(configuration as VqModelConfiguration, {
    bands: mel.melBands,
    frames: mel.firstFrames,
    random,
  });
  const spoken = await SpokenMels.prepare(await readFsdd(fsdd, 'train'), melConfig, speech, augmentation);
  const heldBack = await SpokenMels.prepare(await readFsdd(fsdd, 'validation'), melConfig, speech);
  return trainTokenizer({
    tokenizer,
    draw: (random) => spoken.varied(random.integer(spoken.count), random),
    validation: Array.from({ length: heldBack.count }, (_, i) => heldBack.plain(i)),
    start: start && beside(start),
    schedule: training,
    ...settings,
    ...run,
  });
}
