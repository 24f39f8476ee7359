import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { FileCheckpointStore, writeStateFile } from '@visual-echoes/core/node';
import { AdamW, train, WeightEma, warmupCosine } from '@visual-echoes/core/training';
import type { DataFolders } from '../data/data-folders.js';
import { FSDD_VOICES, type FsddPart, readFsdd, type SpokenDigit } from '../data/fsdd.js';
import { MNIST_SIDE, pictureAt, readMnist } from '../data/mnist.js';
import { warpPicture } from '../training/warp-picture.js';
import {
  Classifier,
  type ClassifierShape,
  PICTURE_CLASSIFIER,
  SOUND_CLASSIFIER,
  SPEAKER_CLASSIFIER,
} from './classifier.js';
import { judge, toBatch } from './judge.js';
import { CLASSIFIER_FILES, soundInput } from './judges.js';
import { warpSpectrogram } from './warp-spectrogram.js';

/** Inputs of −1..1 with their classes. */
interface Examples {
  inputs: readonly Float32Array[];
  classes: Uint8Array;
}

interface ClassifierTraining {
  shape: ClassifierShape;
  steps: number;
  batchSize: number;
  /** A training input and its class, drawn anew each time. */
  draw: (random: Random) => { input: Float32Array; class: number };
  /** Only reported, never trained on and never selected by. */
  test: Examples;
}

export type ClassifierName = keyof typeof CLASSIFIER_FILES;

const PICTURE_WARP = { rotation: 12, scale: 0.12, shift: 1.5 };
const SMOOTHING = 0.05;

/**
 * Trains the named classifiers on the train parts, with augmentation and averaged weights, and writes
 * them (f16) to `out`; a run that was stopped goes on where it was. Gives the accuracy of each on the real test part.
 */
export async function trainClassifiers(
  names: readonly ClassifierName[],
  folders: DataFolders,
  out: string,
  onProgress: (line: string) => void,
): Promise<Partial<Record<ClassifierName, number>>> {
  const accuracies: Partial<Record<ClassifierName, number>> = {};
  await mkdir(out, { recursive: true });
  for (const name of names) {
    onProgress(`${name} classifier`);
    const training =
      name === 'picture' ? await pictureTraining(folders.mnist) : await soundTraining(folders.fsdd, name);
    const checkpoint = join(out, `${name}-checkpoint.safetensors`);
    const classifier = await trainClassifier(training, new FileCheckpointStore(checkpoint), onProgress);
    const state = await classifier.stateDict();
    await writeStateFile(join(out, CLASSIFIER_FILES[name]), state, { type: 'f16' });
    accuracies[name] = await accuracy(classifier, training.test, training.shape.side);
    classifier.dispose();
    await rm(checkpoint, { force: true });
  }
  return accuracies;
}

async function trainClassifier(
  { shape, steps, batchSize, draw, test }: ClassifierTraining,
  store: FileCheckpointStore,
  onProgress: (line: string) => void,
): Promise<Classifier> {
  const classifier = new Classifier(shape, new Random(1));
  const parameters = classifier.trainableParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0.05 });
  const ema = new WeightEma(parameters, { decay: 0.995 });
  await train({
    module: classifier,
    optimizer,
    ema,
    steps,
    seed: 1,
    learningRate: warmupCosine({ base: 0.003, warmup: 100, total: steps, minimum: 1e-5 }),
    clipNorm: 2,
    loss: (_, random) => {
      const examples = Array.from({ length: batchSize }, () => draw(random));
      const targets = new Float32Array(batchSize * shape.classes).fill(SMOOTHING / shape.classes);
      examples.forEach((example, i) => {
        targets[i * shape.classes + example.class] += 1 - SMOOTHING;
      });
      const { logits } = classifier.forward(
        toBatch(
          examples.map(({ input }) => input),
          shape.side,
        ),
      );
      const likelihood = tf.mul(tf.logSoftmax(logits), tf.tensor2d(targets, [batchSize, shape.classes]));
      return { loss: tf.neg(tf.mean(tf.sum(likelihood, 1))) as tf.Scalar };
    },
    checkpoints: { store, every: 250 },
    validate: {
      every: 250,
      run: async () => ({ accuracy: await accuracy(classifier, first(test, 2000), shape.side) }),
    },
    onValidation: (step, figures) =>
      onProgress(`step ${step} of ${steps}: ${(100 * figures.accuracy).toFixed(2)} % of the test part`),
  });
  ema.swap();
  ema.dispose();
  optimizer.dispose();
  return classifier;
}

const first = ({ inputs, classes }: Examples, count: number): Examples => ({
  inputs: inputs.slice(0, count),
  classes,
});

async function accuracy(classifier: Classifier, { inputs, classes }: Examples, side: number) {
  const judged = await judge(classifier, inputs, side);
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
      return { input: warpSpectrogram(training.inputs[i], shape.side, random), class: training.classes[i] };
    },
    test: await read('test'),
  };
}
