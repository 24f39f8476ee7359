import * as tf from '@tensorflow/tfjs-core';
import { type Canvas, Random, type StateDict, VqModel, type VqModelConfiguration } from '@visual-echoes/core';
import { MaskedTransformer, maskBatch } from '@visual-echoes/masked-transformer';
import { sample } from '@visual-echoes/sampler';
import {
  createGenerator,
  type GeneratorSettings,
  type HiFiGanConfiguration,
  type MelGanConfiguration,
} from '@visual-echoes/vq-audio';
import {
  exportHiFiGan,
  exportMelGan,
  exportTransformer,
  exportVqDecoder,
  exportVqEncoder,
} from '../onnx/index.js';
import type { Benchmark } from './benchmark.js';
import { readResult } from './read-result.js';
import { training } from './training.js';

/** The fields of the paper: a picture of 16×16 tokens, a sound of 5×53. */
const FIELDS = [
  { name: 'image', grid: [16, 16], vocabulary: 1024 },
  { name: 'audio', grid: [5, 53], vocabulary: 1024 },
] as const;

interface Size {
  width: number;
  depth: [encoder: number, decoder: number];
  heads: [encoder: number, decoder: number];
}

const MIDDLE: Size = { width: 512, depth: [4, 4], heads: [8, 8] };
/** MAGE base, 145 M weights. */
const PAPER: Size = { width: 768, depth: [12, 8], heads: [12, 16] };

const transformer = ({ width, depth, heads }: Size) =>
  new MaskedTransformer(
    {
      fields: FIELDS.map((field) => ({ ...field })),
      embedDim: width,
      depth: depth[0],
      numHeads: heads[0],
      decoderEmbedDim: width,
      decoderDepth: depth[1],
      decoderNumHeads: heads[1],
    },
    { random: new Random(1) },
  );

const tokens = (count: number) => {
  const random = new Random(2);
  return Int32Array.from({ length: count }, () => random.integer(1024));
};

/** A picture whose sound is wanted. */
const ofPicture = (): Canvas => ({ image: tokens(256), audio: new Int32Array(265).fill(-1) });
/** The same with the picture hidden. */
const ofNothing = (): Canvas => ({
  image: new Int32Array(256).fill(-1),
  audio: new Int32Array(265).fill(-1),
});

const forward = (
  name: string,
  size: Size,
  canvases: () => Canvas[],
  options: Partial<Benchmark>,
): Benchmark => ({
  name,
  ...options,
  heavy: true,
  prepare: async () => {
    const model = transformer(size);
    const asked = canvases();
    return () => model.predict(asked, { fields: ['audio'] });
  },
  onnx: async () => {
    const model = transformer(size);
    const { classToken, maskToken } = model.configuration;
    const all = canvases();
    const words = all.flatMap(({ image, audio }) => [
      classToken,
      ...[...image].map((token) => (token < 0 ? maskToken : token)),
      ...[...audio].map((token) => (token < 0 ? maskToken : 1024 + token)),
    ]);
    return {
      parts: exportTransformer(model, await model.stateDict(), ['audio']),
      inputs: { words: { data: BigInt64Array.from(words, BigInt), shape: [all.length, 522] } },
    };
  },
});

/** Guided steps, and as many forward passes of the two rows that guidance asks for. */
const generation = (name: string, size: Size, steps: number, options: Partial<Benchmark>): Benchmark => ({
  name,
  ...options,
  heavy: true,
  prepare: async () => {
    const model = transformer(size);
    const both = [ofPicture(), ofNothing()];
    return {
      run: () => sample(model, { canvases: [ofPicture()], steps, guidance: { scale: 3 } }),
      unit: async () => {
        for (let i = 0; i < steps; i++) await model.predict(both, { fields: ['audio'] });
      },
    };
  },
});

const PUBLISHED: VqModelConfiguration = {
  ddconfig: {
    z_channels: 256,
    resolution: 256,
    in_channels: 3,
    out_ch: 3,
    ch: 128,
    ch_mult: [1, 1, 2, 2, 4],
    num_res_blocks: 2,
    attn_resolutions: [16],
  },
  n_embed: 1024,
  embed_dim: 256,
};

/** A vocoder's second of 22 kHz. */
const second = (
  name: string,
  settings: GeneratorSettings,
  onnx: (weights: StateDict) => readonly Uint8Array[],
): Benchmark => {
  const make = () => createGenerator(settings, { random: new Random(1) });
  const values = () => new Random(2).normals(86 * 80);
  return {
    name,
    heavy: true,
    prepare: async () => {
      const generator = make();
      const mel = tf.keep(tf.tensor3d(values(), [1, 86, 80]));
      return () => readResult(() => generator.forward(mel));
    },
    onnx: async () => ({
      parts: onnx(await make().stateDict()),
      inputs: { mel: { data: values(), shape: [1, 80, 86] } },
    }),
  };
};

export const hiFiGan = (name: string, configuration: HiFiGanConfiguration): Benchmark =>
  second(name, { type: 'hifigan', configuration }, (weights) => exportHiFiGan(configuration, weights));

export const melGan = (name: string, configuration: MelGanConfiguration): Benchmark =>
  second(name, { type: 'melgan', configuration }, (weights) => exportMelGan(configuration, weights));

/** Models of published size, and one between them and the digits'. */
export const largeModels: readonly Benchmark[] = [
  forward('transformer 8×512, 521 tokens: forward', MIDDLE, () => [ofPicture()], {}),
  forward('transformer 8×512, 521 tokens: forward of two', MIDDLE, () => [ofPicture(), ofNothing()], {}),
  generation('transformer 8×512, 521 tokens: one guided step', MIDDLE, 1, {}),
  generation('transformer 8×512, 521 tokens: 16 guided steps', MIDDLE, 16, {}),
  {
    name: 'transformer 8×512, 521 tokens: training step',
    heavy: true,
    prepare: async () => {
      const model = transformer(MIDDLE);
      const canvas = { image: tokens(256), audio: tokens(265) };
      // Nothing is dropped, so that encoder and decoder see all, as PyTorch's do.
      const masked = maskBatch(model.fields, [canvas], { dropShare: 0 }, new Random(3));
      return training(model.trainableParameters(), () => model.loss(masked, { random: new Random(4) }).loss);
    },
  },
  {
    name: 'VQGAN decode, 16×16 tokens → 256×256',
    heavy: true,
    prepare: async () => {
      const model = new VqModel(PUBLISHED, { random: new Random(1) });
      const codes = tokens(256);
      return () => readResult(() => model.decodeIndices(tf.tensor2d(codes, [1, 256], 'int32'), [16, 16]));
    },
    onnx: async () => ({
      parts: exportVqDecoder(PUBLISHED, await new VqModel(PUBLISHED, { random: new Random(1) }).stateDict()),
      inputs: { codes: { data: BigInt64Array.from(tokens(256), BigInt), shape: [1, 16, 16] } },
    }),
  },
  {
    name: 'VQGAN encode, 256×256 → 16×16 tokens',
    heavy: true,
    prepare: async () => {
      const model = new VqModel(PUBLISHED, { random: new Random(1) });
      const picture = tf.keep(tf.tensor4d(new Random(2).uniforms(256 * 256 * 3, -1, 1), [1, 256, 256, 3]));
      return () => readResult(() => model.encode(picture).indices);
    },
    onnx: async () => ({
      parts: exportVqEncoder(PUBLISHED, await new VqModel(PUBLISHED, { random: new Random(1) }).stateDict()),
      inputs: { picture: { data: new Random(2).uniforms(256 * 256 * 3, -1, 1), shape: [1, 3, 256, 256] } },
    }),
  },
  forward('paper size, 145 M, 521 tokens: forward', PAPER, () => [ofPicture()], {
    paper: true,
    memory: true,
  }),
  generation('paper size, 145 M, 521 tokens: one guided step', PAPER, 1, { paper: true, memory: true }),
  generation('paper size, 145 M, 521 tokens: 16 guided steps', PAPER, 16, { paper: true, memory: true }),
];
