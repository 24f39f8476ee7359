import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '@visual-echoes/core';
import { writeStateFile } from '@visual-echoes/core/node';
import { writeWav } from '@visual-echoes/vq-audio';
import { writeTinyModel } from 'visual-echoes/testing';
import { idxFile } from '../data/mnist.test.helper.js';
import {
  Classifier,
  PICTURE_CLASSIFIER,
  SOUND_CLASSIFIER,
  SPEAKER_CLASSIFIER,
} from '../evaluation/classifier.js';
import { CLASSIFIER_FILES } from '../evaluation/judges.js';

/** A few strokes and tones in the places of MNIST and FSDD, `folder`/mnist and `folder`/fsdd. */
export async function writeTinyData(folder: string, { pictures = 12 } = {}): Promise<void> {
  const [mnist, fsdd] = [join(folder, 'mnist'), join(folder, 'fsdd')];
  await Promise.all([mnist, fsdd].map((one) => mkdir(one, { recursive: true })));
  for (const stem of ['train', 't10k']) {
    const values = new Uint8Array(pictures * 784);
    for (let i = 0; i < pictures; i++) {
      for (let y = 4; y < 24; y++)
        values.fill(255, i * 784 + y * 28 + 10 + (i % 5), i * 784 + y * 28 + 13 + (i % 5));
    }
    const labels = Uint8Array.from({ length: pictures }, (_, i) => i % 10);
    await writeFile(join(mnist, `${stem}-images-idx3-ubyte`), idxFile([pictures, 28, 28], values));
    await writeFile(join(mnist, `${stem}-labels-idx1-ubyte`), idxFile([pictures], labels));
  }
  for (let digit = 0; digit < 3; digit++) {
    for (const index of [0, 1, 5, 6, 8, 9]) {
      const samples = Float32Array.from(
        { length: 4000 },
        (_, i) => 0.4 * Math.sin((i * (300 + 100 * digit + 10 * index)) / 1273),
      );
      await writeFile(
        join(fsdd, `${digit}_theo_${index}.wav`),
        writeWav({ sampleRate: 8000, channels: [samples] }),
      );
    }
  }
}

/** A tiny model of random weights, and classifiers of random weights beside it. A backend must be there. */
export async function writeTinyModelWithJudges(folder: string): Promise<void> {
  await writeTinyModel(folder);
  const shapes = { picture: PICTURE_CLASSIFIER, sound: SOUND_CLASSIFIER, speaker: SPEAKER_CLASSIFIER };
  for (const [name, shape] of Object.entries(shapes)) {
    const classifier = new Classifier(shape, new Random(1));
    const file = CLASSIFIER_FILES[name as keyof typeof shapes];
    await writeStateFile(join(folder, 'evaluation', file), await classifier.stateDict(), { type: 'f16' });
    classifier.dispose();
  }
}
