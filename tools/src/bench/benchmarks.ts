import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, positionsOf, Random, VqModel, vqModelLoss } from '@visual-echoes/core';
import { MaskedTransformer, maskBatch } from '@visual-echoes/masked-transformer';
import { sample } from '@visual-echoes/sampler';
import {
  createGenerator,
  type GeneratorSettings,
  GriffinLimVocoder,
  HIFIGAN,
  MEL_DIGITS,
  MelSpectrogram,
  matchMel,
} from '@visual-echoes/vq-audio';
import type { VisualEchoes } from 'visual-echoes';
import type { Benchmark } from './benchmark.js';
import { DIGITS_TRANSFORMER, DIGITS_VOCODER } from './digits-configurations.js';
import { hiFiGan, largeModels, melGan } from './large-models.js';
import { operations } from './operations.js';
import { readResult } from './read-result.js';
import { training } from './training.js';

const random = () => new Random(1);

const normals = <R extends tf.Rank>(shape: tf.ShapeMap[R]) =>
  tf.tensor<R>(random().normals(tf.util.sizeFromShape(shape)), shape);

/** The image tokenizer of the digits model: 32×32 → 8×8 codes of 256. */
const vqModel = () =>
  new VqModel(
    {
      ddconfig: {
        resolution: 32,
        in_channels: 1,
        out_ch: 1,
        z_channels: 64,
        ch: 16,
        ch_mult: [1, 2, 4],
        num_res_blocks: 1,
        attn_resolutions: [],
        norm_groups: 16,
      },
      n_embed: 256,
      embed_dim: 16,
    },
    { random: random() },
  );

const transformer = () => new MaskedTransformer(DIGITS_TRANSFORMER, { random: random() });

const canvases = (model: MaskedTransformer, count: number): Canvas[] => {
  const source = random();
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      model.fields.map((field) => [
        field.name,
        Int32Array.from({ length: positionsOf(field) }, () => source.integer(field.vocabulary)),
      ]),
    ),
  );
};

/** Only the picture is known. */
const ofPicture = (canvas: Canvas): Canvas => ({
  image: canvas['image'],
  audio: new Int32Array(64).fill(-1),
  label: Int32Array.of(-1),
  voice: Int32Array.of(-1),
});

const forward = (batch: number): Benchmark => ({
  name: `transformer forward, batch ${batch}`,
  heavy: batch > 1,
  prepare: async () => {
    const model = transformer();
    const asked = canvases(model, batch).map(ofPicture);
    return () => model.predict(asked);
  },
});

const trainingStep = (batch: number): Benchmark => ({
  name: `transformer training step, batch ${batch}`,
  heavy: true,
  prepare: async () => {
    const model = transformer();
    const masked = maskBatch(model.fields, canvases(model, batch), {}, random());
    return training(model.trainableParameters(), () => model.loss(masked, { random: random() }).loss);
  },
});

/** A handwritten seven, nearly. */
const seven = () => {
  const picture = { width: 28, height: 28, channels: 1 as const, data: new Uint8Array(28 * 28) };
  for (let x = 8; x < 20; x++) for (const y of [5, 6]) picture.data[y * 28 + x] = 255;
  for (let y = 7; y < 23; y++) picture.data.fill(255, y * 28 + 20 - (y >> 1), y * 28 + 23 - (y >> 1));
  return picture;
};

/** The digits model on the current engine, loaded once. */
async function digits(): Promise<VisualEchoes> {
  loaded ??= (async () => {
    const { loadModel } = await import('visual-echoes/node');
    return loadModel('@visual-echoes/model-digits', { backend: tf.getBackend() as 'cpu' | 'wasm' });
  })();
  return loaded;
}

let loaded: Promise<VisualEchoes> | undefined;

function vocoder(name: string, settings: GeneratorSettings, frames: number): Benchmark {
  return {
    name,
    prepare: async () => {
      const generator = createGenerator(settings, { random: random() });
      const mel = tf.keep(normals<tf.Rank.R3>([1, frames, generator.bands]));
      return () => readResult(() => generator.forward(mel));
    },
  };
}

/** All that is measured, in the table's order. */
export const benchmarks: readonly Benchmark[] = [
  ...operations,
  {
    name: '64 pictures → tokens',
    items: 64,
    heavy: true,
    prepare: async () => {
      const model = vqModel();
      const x = normals<tf.Rank.R4>([64, 32, 32, 1]);
      return () => readResult(() => model.encode(x).indices);
    },
  },
  {
    name: '64 × tokens → picture',
    items: 64,
    heavy: true,
    prepare: async () => {
      const model = vqModel();
      const source = random();
      const codes = Int32Array.from({ length: 64 * 64 }, () => source.integer(256));
      return () => readResult(() => model.decodeIndices(tf.tensor2d(codes, [64, 64], 'int32'), [8, 8]));
    },
  },
  forward(1),
  forward(64),
  trainingStep(1),
  trainingStep(64),
  {
    name: 'VQGAN training step, 16 pictures of 32×32',
    heavy: true,
    prepare: async () => {
      const model = vqModel();
      const x = normals<tf.Rank.R4>([16, 32, 32, 1]);
      return training(model.trainableParameters(), () => vqModelLoss(model, x).loss);
    },
  },
  {
    name: 'sampling, 12 steps, guided by a picture',
    prepare: async () => {
      const model = transformer();
      const [canvas] = canvases(model, 1).map(ofPicture);
      const stages = [
        { fill: ['label', 'voice'], given: ['image'] },
        { fill: ['audio'], given: ['label', 'voice'] },
      ];
      return () =>
        sample(model, {
          canvases: [canvas],
          stages,
          steps: { label: 1, voice: 1, audio: 11 },
          guidance: { scale: 3 },
        });
    },
  },
  {
    name: 'Griffin–Lim, 60 iterations, 1 s at 8 kHz',
    prepare: async () => {
      const vocoder = new GriffinLimVocoder(MEL_DIGITS, { iterations: 60 });
      const [bands, frames] = [64, 63]; // 8064 samples
      const mel = { bands, frames, data: random().uniforms(bands * frames) };
      return async () => vocoder.vocode(mel);
    },
  },
  {
    name: 'matching a mel, 16 iterations, 1 s at 8 kHz',
    prepare: async () => {
      const spectrogram = new MelSpectrogram(MEL_DIGITS);
      const samples = random().uniforms(8064, -0.1, 0.1);
      const [bands, frames] = [64, 63];
      const mel = { bands, frames, data: random().uniforms(bands * frames, 0.2, 0.8) };
      return async () => matchMel(samples, mel, spectrogram);
    },
  },
  vocoder('digits vocoder, 1 s at 8 kHz', { type: 'vocos', configuration: DIGITS_VOCODER }, 63),
  hiFiGan('HiFi-GAN v2, 1 s at 22 kHz', HIFIGAN.v2),
  hiFiGan('HiFi-GAN v1, 1 s at 22 kHz', HIFIGAN.v1),
  melGan('MelGAN, 1 s at 22 kHz', { input_size: 80, ngf: 32, n_residual_layers: 3 }),
  {
    name: 'digits model: one picture → sound',
    prepare: async () => {
      const model = await digits();
      return () => model.imageToAudio(seven());
    },
  },
  {
    name: 'digits model: 64 pictures → sounds',
    items: 64,
    heavy: true,
    prepare: async () => {
      const model = await digits();
      const pictures = Array.from({ length: 64 }, seven);
      return () => model.imageToAudio(pictures);
    },
  },
  ...largeModels,
];
