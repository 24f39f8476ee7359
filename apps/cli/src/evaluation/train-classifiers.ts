import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileCheckpointStore, writeStateFile } from '@visual-echoes/core/node';
import type { DataFolders } from '../data/data-folders.js';
import { FSDD_VOICES, type FsddPart, readFsdd, type SpokenDigit } from '../data/fsdd.js';
import { MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';
import { warpPicture } from '../training/warp-picture.js';
import { type Classifier, PICTURE_CLASSIFIER, SOUND_CLASSIFIER, SPEAKER_CLASSIFIER } from './classifier.js';
import { type FitClassifierOptions, fitClassifier } from './fit-classifier.js';
import { judge } from './judge.js';
import { CLASSIFIER_FILES, soundInput } from './judges.js';
import { warpSpectrogram } from './warp-spectrogram.js';

/** Inputs of −1..1 with their classes. */
interface Examples {
  inputs: readonly Float32Array[];
  classes: Uint8Array;
}

interface ClassifierTraining extends Pick<FitClassifierOptions, 'shape' | 'steps' | 'batchSize' | 'draw'> {
  /** Only reported, never trained on and never selected by. */
  test: Examples;
}

export type ClassifierName = keyof typeof CLASSIFIER_FILES;

const PICTURE_WARP = { rotation: 12, scale: 0.12, shift: 1.5 };

/**
 * Trains the named classifiers on the train parts, with augmentation and averaged weights, and writes
 * them (f16) to `out`; a run that was stopped goes on where it was. Gives the accuracy of each on the real test part.
 * @throws CancelledError where `signal` fires.
 */
export async function trainClassifiers(
  names: readonly ClassifierName[],
  folders: DataFolders,
  out: string,
  { onMessage, signal }: { onMessage: (line: string) => void; signal?: AbortSignal },
): Promise<Partial<Record<ClassifierName, number>>> {
  const accuracies: Partial<Record<ClassifierName, number>> = {};
  await mkdir(out, { recursive: true });
  for (const name of names) {
    onMessage(`${name} classifier`);
    const { test, ...training } =
      name === 'picture' ? await pictureTraining(folders.mnist) : await soundTraining(folders.fsdd, name);
    const checkpoint = join(out, `${name}-checkpoint.safetensors`);
    const some = first(test, 2000);
    const classifier = await fitClassifier({
      ...training,
      store: new FileCheckpointStore(checkpoint),
      validate: { every: 250, run: async (one) => ({ accuracy: await accuracy(one, some) }) },
      onValidation: (step, figures) =>
        onMessage(
          `step ${step} of ${training.steps}: ${(100 * figures['accuracy']).toFixed(2)} % of the test part`,
        ),
      signal,
    });
    const state = await classifier.stateDict();
    await writeStateFile(join(out, CLASSIFIER_FILES[name]), state, { type: 'f16' });
    accuracies[name] = await accuracy(classifier, test);
    classifier.dispose();
    await rm(checkpoint, { force: true });
  }
  return accuracies;
}

const first = ({ inputs, classes }: Examples, count: number): Examples => ({
  inputs: inputs.slice(0, count),
  classes,
});

async function accuracy(classifier: Classifier, { inputs, classes }: Examples): Promise<number> {
  const judged = await judge(classifier, inputs);
  return judged.classes.filter((name, i) => name === classes[i]).length / inputs.length;
}

async function pictureTraining(folder: string): Promise<ClassifierTraining> {
  const pictures = await readMnist(folder, 'train');
  const test = await readMnist(folder, 'test');
  const toInput = (data: Uint8Array) => Float32Array.from(data, (value) => value / 127.5 - 1);
  return {
    shape: PICTURE_CLASSIFIER,
    steps: 2000,
    batchSize: 96,
    draw: (random) => {
      const i = random.integer(pictures.count);
      const data = warpPicture(pictureAt(pictures, i), MNIST_SIDE, PICTURE_WARP, random);
      return { input: toInput(data), class: pictures.labels[i] };
    },
    test: {
      inputs: Array.from({ length: test.count }, (_, i) => toInput(pictureAt(test, i))),
      classes: test.labels,
    },
  };
}

async function soundTraining(folder: string, name: 'sound' | 'speaker'): Promise<ClassifierTraining> {
  const classOf = ({ digit, speaker }: SpokenDigit) =>
    name === 'sound' ? digit : FSDD_VOICES.indexOf(speaker as (typeof FSDD_VOICES)[number]);
  const read = async (...parts: FsddPart[]): Promise<Examples> => {
    const recordings = (await Promise.all(parts.map((part) => readFsdd(folder, part)))).flat();
    const inputs: Float32Array[] = [];
    const classes: number[] = [];
    for (const recording of recordings) {
      const input = await soundInput(recording.sound);
      if (!input) continue;
      inputs.push(input);
      classes.push(classOf(recording));
    }
    return { inputs, classes: Uint8Array.from(classes) };
  };
  const training = await read('train', 'validation');
  const shape = name === 'sound' ? SOUND_CLASSIFIER : SPEAKER_CLASSIFIER;
  return {
    shape,
    steps: 3000,
    batchSize: 32,
    draw: (random) => {
      const i = random.integer(training.inputs.length);
      return { input: warpSpectrogram(training.inputs[i], shape.height, random), class: training.classes[i] };
    },
    test: await read('test'),
  };
}
