import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError, Random } from '@visual-echoes/core';
import { FileCheckpointStore, writeStateFile } from '@visual-echoes/core/node';
import type { OpenedMedia } from '../dataset/read-dataset.js';
import type { Classifier, ClassifierShape } from '../evaluation/classifier.js';
import { fitClassifier } from '../evaluation/fit-classifier.js';
import { CLASSIFIER_FILES } from '../evaluation/judges.js';
import { HELD_BACK } from '../training/find-splits.js';
import { pictureClassifierShape, soundClassifierShape } from './classifier-shapes.js';
import { type ClassifiersFile, writeClassifiersFile } from './classifiers-file.js';
import { type Grouped, holdApart } from './hold-apart.js';
import { readLabelledMedia } from './labelled-media.js';
import { measureClassifier } from './measure-classifier.js';
import { type DrawnMedia, pictureDraws, soundDraws } from './training-draws.js';

export interface TrainClassClassifiersOptions {
  /** Where the files go. */
  out: string;
  /** Steps of each classifier at most. */
  steps?: number | undefined;
  seed?: number | undefined;
  onMessage?: (line: string) => void;
  /** Receives a share of the whole, 0 to 1, that never goes back. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal | undefined;
}

/** Of each class, the share of what may be trained on that a training is ended and its weights are chosen by. */
const HELD_APART = 0.15;

/**
 * Trains a classifier of pictures and one of sounds on the split `train` of a dataset, and writes them with
 * `classifiers.json`. A training that was stopped goes on where it was. The held-back split, where there is one, is only
 * reported on.
 * @throws ConfigurationError where clips have no class; FileAccessError, InvalidInputError; CancelledError after saving.
 */
export async function trainClassClassifiers(
  dataset: OpenedMedia,
  { out, steps, seed = 1, onMessage = () => {}, onProgress = () => {}, signal }: TrainClassClassifiersOptions,
): Promise<ClassifiersFile> {
  const { folder, labels: classes, about } = dataset;
  if (classes.length < 2) {
    throw new ConfigurationError(
      `${folder} has ${classes.length} classes, and classifiers tell two or more apart. Prepare it from a folder of each class, or from a list with labels.`,
    );
  }
  const train = await readLabelledMedia(dataset, 'train', { signal });
  const split = HELD_BACK.find((name) => dataset.splits.includes(name));
  const test = split === undefined ? undefined : await readLabelledMedia(dataset, split, { signal });
  await mkdir(out, { recursive: true });

  /** Trains one and writes it; gives how right it is. */
  const fit = async <Item extends Grouped>(
    name: 'picture' | 'sound',
    {
      shape,
      items,
      heldBack,
    }: { shape: ClassifierShape; items: readonly Item[]; heldBack?: readonly Item[] },
    { draw, input, batchSize, most }: DrawnMedia<Item>,
  ) => {
    onMessage(`${name} classifier`);
    const parts = holdApart(items, HELD_APART, new Random(seed).fork(name));
    checkParts(parts, { classes, name, folder });
    const from = name === 'picture' ? 0 : 0.5;
    const measure = (classifier: Classifier, some: readonly Item[]) =>
      measureClassifier(classifier, some, { input, signal });
    const count = steps ?? most;
    const every = Math.min(100, count);
    const classifier = await fitClassifier({
      ...{ shape, batchSize, seed, signal, steps: count, labelSmoothing: 0.1 },
      draw: draw(parts.train),
      store: new FileCheckpointStore(join(out, `${name}-checkpoint.safetensors`)),
      validate: {
        every,
        run: async (one) => {
          const { correct, total, loss } = await measure(one, parts.held);
          return { loss, correct, total };
        },
      },
      keep: { least: 'loss', patience: 8 },
      onValidation: (step, { correct, total, loss }: Record<string, number>) =>
        onMessage(`step ${step} of ${count}: ${correct} of ${total} held apart, loss ${loss.toFixed(3)}`),
      onProgress: (share) => onProgress(from + 0.5 * share),
      fingerprint: JSON.stringify({ shape, count, batchSize, of: about.source ?? folder }),
    });
    const counts = async (some: readonly Item[]) => {
      const { correct, total } = await measure(classifier, some);
      return { correct, total };
    };
    const accuracy = {
      heldApart: await counts(parts.held),
      ...(heldBack && { heldBack: await counts(heldBack) }),
    };
    await writeStateFile(join(out, CLASSIFIER_FILES[name]), await classifier.stateDict(), { type: 'f16' });
    classifier.dispose();
    return { shape, accuracy };
  };

  const count = classes.length;
  const picture = await fit(
    'picture',
    {
      shape: pictureClassifierShape(about.picture, count),
      items: train.pictures,
      ...(test && { heldBack: test.pictures }),
    },
    pictureDraws(about.picture),
  );
  const sound = await fit(
    'sound',
    {
      shape: soundClassifierShape(about.mel, count),
      items: train.sounds,
      ...(test && { heldBack: test.sounds }),
    },
    soundDraws(about.mel, folder),
  );
  const file: ClassifiersFile = {
    ...{ format: 1, dataset: basename(resolve(folder)), classes, picture },
    sound: { ...sound, mel: about.mel.configuration },
  };
  await writeClassifiersFile(out, file);
  for (const name of ['picture', 'sound'])
    for (const ending of ['', '.previous'])
      await rm(join(out, `${name}-checkpoint.safetensors${ending}`), { force: true });
  return file;
}

function checkParts(
  parts: { train: readonly Grouped[]; held: readonly Grouped[] },
  { classes, name, folder }: { classes: readonly string[]; name: string; folder: string },
): void {
  const trained = new Set(parts.train.map((item) => item.class));
  const missing = classes.find((_, i) => !trained.has(i));
  if (missing !== undefined) {
    throw new ConfigurationError(
      `${folder} has no ${name}s of the class "${missing}" in the split "train". Prepare it with some, or without the class.`,
    );
  }
  if (parts.held.length > 0) return;
  throw new ConfigurationError(
    `${folder} has too few ${name}s to hold some apart: a class needs two recordings or more. Prepare it with more.`,
  );
}
