import { join } from 'node:path';
import { ConfigurationError, Random } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import type { Mel } from '@visual-echoes/vq-audio';
import { coverPicture, type Picture } from '@visual-echoes/vq-image';
import type { VisualEchoes } from 'visual-echoes';
import { Classifier, type ClassifierShape } from '../evaluation/classifier.js';
import { type Judgement, judge } from '../evaluation/judge.js';
import { CLASSIFIER_FILES, pictureInput } from '../evaluation/judges.js';
import { checkMelForm } from '../retrieval/check-mel-form.js';
import { readClassifiersFile } from './classifiers-file.js';
import { melInput } from './training-draws.js';

interface JudgeOptions {
  signal?: AbortSignal | undefined;
}

/** What names the class of pictures and mel spectrograms: classifiers that were trained on a dataset's real ones only. */
export interface ClassJudges {
  /** What a judgement's classes are indices of. */
  readonly classes: readonly string[];
  /** Pictures of any size and number of channels, which are brought to the classifier's. @throws CancelledError. */
  judgePictures(pictures: readonly Picture[], options?: JudgeOptions): Promise<Judgement>;
  /** @throws CancelledError. */
  judgeMels(mels: readonly Mel[], options?: JudgeOptions): Promise<Judgement>;
  dispose(): void;
}

/**
 * Loads the classifiers that `visual-echoes evaluate --train-classifiers --dataset` made.
 * @throws FileAccessError, CheckpointError; ConfigurationError where there are none, or where they are of other classes or
 * mel spectrograms than the model.
 */
export async function loadClassJudges(
  folder: string,
  model: Pick<VisualEchoes, 'labels' | 'manifest'>,
): Promise<ClassJudges> {
  const { classes, picture, sound } = await readClassifiersFile(folder);
  const { name } = model.manifest;
  if (model.labels.length > 0 && [...model.labels].sort().join('\n') !== [...classes].sort().join('\n')) {
    throw new ConfigurationError(
      `The classifiers in ${folder} tell ${classes.join(', ')} apart, and the model ${name} is of ${model.labels.join(', ')}. Train them on the model’s dataset, or name another model.`,
    );
  }
  const { height: bands, width: frames } = sound.shape;
  checkMelForm({ bands, frames, configuration: sound.mel }, model.manifest, {
    what: `the classifier in ${folder}`,
    remedy: `Train classifiers on a dataset of the model’s form, or name another model than ${name}.`,
  });
  const seeing = await loadClassifier(folder, 'picture', picture.shape);
  const hearing = await loadClassifier(folder, 'sound', sound.shape);
  return {
    classes,
    judgePictures: (pictures, options) =>
      judge(
        seeing,
        pictures.map((one) => pictureInput(fitted(one, picture.shape))),
        options,
      ),
    judgeMels: (mels, options) => judge(hearing, mels.map(melInput), options),
    dispose: () => {
      seeing.dispose();
      hearing.dispose();
    },
  };
}

/** One classifier of a folder; whoever loads it disposes of it. @throws FileAccessError, CheckpointError. */
export async function loadClassifier(
  folder: string,
  name: 'picture' | 'sound',
  shape: ClassifierShape,
): Promise<Classifier> {
  const classifier = new Classifier(shape, new Random(0));
  classifier.loadStateDict(await readStateFile(join(folder, CLASSIFIER_FILES[name])));
  return classifier;
}

const fitted = (picture: Picture, { width, height, channels }: ClassifierShape): Picture =>
  coverPicture(picture, { width, height, channels: channels === 1 ? 1 : 3 });
