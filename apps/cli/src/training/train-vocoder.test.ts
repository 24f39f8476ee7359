import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { createGenerator, MEL_DIGITS } from '@visual-echoes/vq-audio';
import { selectBackend } from 'visual-echoes/node';
import { beforeAll, expect, it } from 'vitest';
import { trainVocoder } from './train-vocoder.js';
import { vocoderFile } from './vocoder-file.js';

const STEPS = 200;
const mel = { ...MEL_DIGITS, fftSize: 128, windowLength: 128, hopLength: 32, melBands: 8, firstFrames: 8 };
const file = vocoderFile.parse({
  type: 'hifigan',
  configuration: {},
  mel,
  preprocessing: { sampleRate: 8000, samples: 256 },
  segment: 256,
  losses: { mel: 10, stft: 1, resolutions: [{ fftSize: 64, hopLength: 16, windowLength: 64 }] },
  adversarial: {
    start: 20,
    loss: 'least-squares',
    weight: 0.1,
    featureMatching: 0.1,
    discriminators: [
      { type: 'multi-period', periods: [2, 3], channels: [2, 2] },
      {
        type: 'multi-scale',
        scales: 2,
        layers: [{ channels: 4, kernelSize: 5, stride: 2, groups: 1 }],
      },
    ],
  },
  training: { steps: STEPS, batchSize: 1, learningRate: 2e-3, warmup: 1, betas: [0.8, 0.99], emaDecay: 0.9 },
});

beforeAll(() => selectBackend({ prefer: 'wasm', threads: 1 }));

it('learns a tone, against discriminators from a step on, and holds as much after 200 steps as after 30', async () => {
  const before = tf.memory().numTensors;
  const generator = createGenerator(
    {
      type: 'hifigan',
      configuration: {
        resblock: '2',
        upsample_rates: [8, 4],
        upsample_kernel_sizes: [16, 8],
        upsample_initial_channel: 8,
        resblock_kernel_sizes: [3],
        resblock_dilation_sizes: [[1, 2]],
        num_mels: 8,
      },
    },
    { random: new Random(1), form: 'weight-norm' },
  );
  const wave = Float32Array.from({ length: 256 }, (_, i) => 0.5 * Math.sin(i * 0.4));
  const held: number[] = [];
  const errors: number[] = [];
  const judged: boolean[] = [];
  await trainVocoder({
    ...file,
    generator,
    pieces: {
      draw: async () => ({
        mels: tf.fill([1, 8, 8], 0.5) as tf.Tensor3D,
        waves: tf.tensor3d(wave, [1, 256, 1]),
      }),
    },
    validate: async () => ({}),
    store: { save: async () => {}, load: async () => undefined },
    onProgress: ({ metrics }) => {
      held.push(tf.memory().numTensors);
      errors.push(metrics['mel']);
      judged.push('discriminator' in metrics);
    },
  });
  generator.dispose();
  expect(held).toHaveLength(STEPS);
  expect(new Set(held.slice(30)).size).toBe(1);
  expect(judged.indexOf(true)).toBe(19);
  expect(errors[STEPS - 1]).toBeLessThan(errors[0] / 2);
  expect(tf.memory().numTensors).toBe(before);
}, 120_000);
