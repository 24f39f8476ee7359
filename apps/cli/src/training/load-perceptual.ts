import * as tf from '@tensorflow/tfjs-core';
import { Lpips, type PerceptualLoss, readTensors, type StateDict } from '@visual-echoes/core';
import { withCheckpointFile } from '@visual-echoes/core/node';
import type { PerceptualFile } from './training-file.js';

/** LPIPS as a loss for pictures of one channel or three; whoever loads it disposes of it. */
export async function loadPerceptual(
  { vgg16, linear, weight }: PerceptualFile,
  beside: (path: string) => string,
): Promise<{ perceptual: PerceptualLoss; perceptualWeight: number; dispose(): void }> {
  // Torchvision's file is four fifths classifier, which LPIPS has not.
  const lpips = Lpips.of(await read(beside(vgg16), /^features\./), await read(beside(linear), /^lin\d/));
  const coloured = (x: tf.Tensor4D) => (x.shape[3] === 3 ? x : tf.concat([x, x, x], 3));
  return {
    perceptual: (pictures, others) => lpips.loss(coloured(pictures), coloured(others)),
    perceptualWeight: weight,
    dispose: () => lpips.dispose(),
  };
}

const read = (path: string, names: RegExp): Promise<StateDict> =>
  withCheckpointFile(path, (tensors) =>
    readTensors(new Map([...tensors].filter(([name]) => names.test(name)))),
  );
