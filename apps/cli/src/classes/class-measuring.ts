import { ConfigurationError } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes';
import type { OpenedMedia } from '../dataset/read-dataset.js';
import { HELD_BACK } from '../training/find-splits.js';
import { loadClassJudges } from './class-judges.js';
import { type ClassMedium, pictureMedium, soundMedium } from './class-medium.js';
import { readLabelledMedia } from './labelled-media.js';

/** What a dataset's classes are measured with. */
export interface ClassMeasuring {
  classes: readonly string[];
  pictures: ClassMedium<Picture>;
  sounds: ClassMedium<Mel>;
  dispose(): void;
}

export interface ClassMeasuringOptions {
  model: VisualEchoes;
  /** The folder of the classifiers. */
  classifiers: string;
  /** That is held back; by one of the usual names, where it is left out. */
  split?: string | undefined;
  /** At most so many pictures and sounds of it. */
  limit: number;
  signal?: AbortSignal | undefined;
}

/**
 * Loads the classifiers and reads what is held back, and what was trained on, to find what was only learnt by heart.
 * @throws FileAccessError, CheckpointError, InvalidInputError, CancelledError; ConfigurationError where nothing is held
 * back, or where classifiers, model and dataset do not fit each other.
 */
export async function openClassMeasuring(
  dataset: OpenedMedia,
  { model, classifiers, split, limit, signal }: ClassMeasuringOptions,
): Promise<ClassMeasuring> {
  const { folder, splits } = dataset;
  const chosen = split ?? HELD_BACK.find((name) => splits.includes(name));
  if (chosen === undefined || chosen === 'train') {
    throw new ConfigurationError(
      `${folder}: classes are measured on a split that is held back, and compared with "train"; it has ${splits.map((name) => `"${name}"`).join(', ') || 'no clips'}. Prepare it from folders train/ and test/, or name another split with --split.`,
    );
  }
  const judges = await loadClassJudges(classifiers, model);
  try {
    const { classes } = judges;
    const train = await readLabelledMedia(dataset, 'train', { classes, signal });
    const test = await readLabelledMedia(dataset, chosen, { classes, signal });
    const options = { train, test, model, judges, limit, signal };
    const sounds = soundMedium(options);
    return { classes, sounds, pictures: await pictureMedium(options), dispose: judges.dispose };
  } catch (error) {
    judges.dispose();
    throw error;
  }
}
