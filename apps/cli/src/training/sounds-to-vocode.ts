import { join } from 'node:path';
import { ConfigurationError } from '@visual-echoes/core';
import type { MelConfig } from '@visual-echoes/vq-audio';
import { spread } from '../evaluation/evaluation-data.js';
import { type DividedFiles, divideFiles } from '../files/divide-files.js';
import { listSounds } from '../files/list-files.js';
import { ProgressBar } from '../output/progress-bar.js';
import { melShape } from '../prepare/clip-form.js';
import { SoundCache } from '../sounds/sound-cache.js';
import { SoundExcerpts } from '../sounds/sound-excerpts.js';
import { type WantedSounds, wantedSounds } from '../sounds/wanted-sounds.js';
import { augmentationOf, waveAugmentation } from './augmentation-file.js';
import type { ExcerptSource } from './excerpt.js';
import type { RunOptions } from './run-options.js';
import type { VocoderFile } from './vocoder-file.js';

/** Milliseconds. */
const TOLD_EVERY = 10_000;

/** What a vocoder is trained on, and what it is measured on. */
export interface SoundsToVocode {
  excerpts: ExcerptSource;
  heldBack: WantedSounds;
}

/** The sounds of a folder, before any is read. */
export interface FolderSounds extends DividedFiles {
  /** Where they are kept once they are decoded. */
  cache: string;
}

/**
 * Finds the sounds of a folder for a training whose files are in `out`.
 * @throws FileAccessError; ConfigurationError where there are too few, or the training file is for spoken digits.
 */
export async function findSoundsToVocode(
  folder: string,
  { splits, validation, training, preprocessing, augmentation }: VocoderFile,
  { out }: { out: string },
): Promise<FolderSounds> {
  if (preprocessing) {
    throw new ConfigurationError(
      '"preprocessing" is for spoken digits; leave it out, since the sounds of a folder are taken as they are.',
    );
  }
  augmentationOf(waveAugmentation, augmentation, 'the sounds of a folder');
  const { share, sounds } = validation;
  const divided = divideFiles(folder, await listSounds(folder), {
    ...{ what: 'sounds', splits, share, seed: training.seed },
  });
  return {
    train: divided.train,
    heldBack: spread(divided.heldBack, sounds),
    cache: join(out, 'sounds'),
  };
}

/**
 * The sounds of a folder for the training of a vocoder, decoded once into the run's folder.
 * @throws FileAccessError; InvalidInputError where none can be read; CancelledError.
 */
export async function soundsToVocode(
  { train, heldBack, cache: folder }: FolderSounds,
  { mel: constants, segment, augmentation, validation, losses }: VocoderFile,
  { forTokenizer, run }: { forTokenizer: boolean; run: Pick<RunOptions, 'signal' | 'onMessage'> },
): Promise<SoundsToVocode> {
  const mel = constants as unknown as MelConfig;
  const { sampleRate, hopLength } = mel;
  const bar = new ProgressBar('Decoding');
  let told = performance.now();
  const cache = await SoundCache.fill(folder, [...train, ...heldBack], {
    sampleRate,
    signal: run.signal,
    onProgress: (share) => {
      bar.update(share);
      // Whoever reads along in a log has no bar.
      if (process.stderr.isTTY || performance.now() - told < TOLD_EVERY) return;
      told = performance.now();
      run.onMessage?.(`${Math.floor(100 * share)} % of the sounds are decoded`);
    },
  }).finally(() => bar.stop());
  for (const { error } of cache.failures) run.onMessage?.(`left out: ${error}`);
  const held = new Set(heldBack.map(({ id }) => id));
  const own = cache.sounds.filter(({ id }) => !held.has(id));
  const others = cache.sounds.filter(({ id }) => held.has(id));
  if (own.length === 0 || others.length === 0) {
    throw new ConfigurationError(
      `Of the sounds ${own.length === 0 ? 'to train on' : 'that are held back'} none can be read: ${cache.failures[0].error}`,
    );
  }
  const seconds = own.reduce((sum, { samples }) => sum + samples, 0) / sampleRate;
  run.onMessage?.(
    `${own.length} sounds of ${Math.round(seconds / 60)} minutes in all are trained on, and figures are of ${others.length} others`,
  );
  const length = forTokenizer ? melShape(mel).frames * hopLength : undefined; // a tokenizer takes whole clips
  const most = length ?? Math.round(validation.seconds * sampleRate);
  const leastSamples = length ?? Math.max(mel.fftSize, ...losses.resolutions.map(({ fftSize }) => fftSize));
  const recordings = await Promise.all(
    others.map(async (sound) => ({
      id: sound.id,
      samples: await cache.read(sound, 0, Math.min(sound.samples, most)),
    })),
  );
  return {
    excerpts: new SoundExcerpts(cache, own, {
      mel,
      frames: (length ?? segment) / hopLength,
      augmentation: augmentationOf(waveAugmentation, augmentation, 'the sounds of a folder'),
    }),
    heldBack: wantedSounds(recordings, mel, { leastSamples }),
  };
}
