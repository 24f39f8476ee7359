import * as tf from '@tensorflow/tfjs-core';
import {
  ConfigurationError,
  Lpips,
  type PerceptualLoss,
  readTensors,
  type StateDict,
  unitLength,
} from '@visual-echoes/core';
import { withCheckpointFile } from '@visual-echoes/core/node';
import { loadClassifier } from '../classes/class-judges.js';
import { readClassifiersFile } from '../classes/classifiers-file.js';
import type { PerceptualFile } from './training-file.js';

interface LoadedPerceptual {
  perceptual: PerceptualLoss;
  perceptualWeight: number;
  dispose(): void;
}

/**
 * A perceptual loss of a training file; whoever loads it disposes of it.
 * @throws FileAccessError, CheckpointError; ConfigurationError for classifiers of other pictures or mel spectrograms.
 */
export async function loadPerceptual(
  file: PerceptualFile,
  of: 'picture' | 'sound',
  beside: (path: string) => string,
): Promise<LoadedPerceptual> {
  const { perceptual, dispose } =
    'vgg16' in file
      ? await lpips(beside(file.vgg16), beside(file.linear))
      : await ofClassifier(beside(file.classifiers), of);
  return { perceptual, perceptualWeight: file.weight, dispose };
}

/** LPIPS for pictures of one channel or three. */
async function lpips(vgg16: string, linear: string) {
  // Torchvision's file is four fifths classifier, which LPIPS has not.
  const network = Lpips.of(await read(vgg16, /^features\./), await read(linear, /^lin\d/));
  const coloured = (x: tf.Tensor4D) => (x.shape[3] === 3 ? x : tf.concat([x, x, x], 3));
  return {
    perceptual: (pictures: tf.Tensor4D, others: tf.Tensor4D) =>
      network.loss(coloured(pictures), coloured(others)),
    dispose: () => network.dispose(),
  };
}

/** The mean over levels of what the features of a classifier, at length 1, differ by: LPIPS without linear layers. */
async function ofClassifier(folder: string, of: 'picture' | 'sound') {
  const { shape } = (await readClassifiersFile(folder))[of];
  const classifier = await loadClassifier(folder, of, shape);
  const perceptual = (pictures: tf.Tensor4D, others: tf.Tensor4D) => {
    const { height, width, channels, pooling } = shape;
    const [, rows, columns, depth] = pictures.shape;
    if (rows !== height || (columns !== width && !pooling) || depth !== channels) {
      throw new ConfigurationError(
        `The ${of} classifier in ${folder} takes ${height}×${width} in ${channels} channels, and the tokenizer ` +
          `${rows}×${columns} in ${depth}; train classifiers on the same dataset.`,
      );
    }
    const [ours, theirs] = [classifier.levels(pictures), classifier.levels(others)];
    const differences = ours.map((level, i) =>
      tf.mean(tf.sum(tf.squaredDifference(unitLength(level), unitLength(theirs[i])), 3)),
    );
    return tf.div(tf.addN(differences), differences.length) as tf.Scalar;
  };
  return { perceptual, dispose: () => classifier.dispose() };
}

const read = (path: string, names: RegExp): Promise<StateDict> =>
  withCheckpointFile(path, (tensors) =>
    readTensors(new Map([...tensors].filter(([name]) => names.test(name)))),
  );
