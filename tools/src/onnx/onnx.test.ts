import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { ConfigurationError, type Module, Random, VqModel } from '@visual-echoes/core';
import { MaskedTransformer } from '@visual-echoes/masked-transformer';
import { createGenerator, type GeneratorSettings } from '@visual-echoes/vq-audio';
import { folderSource, loadModel } from 'visual-echoes/node';
import { tinyManifest, writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPart, PARTS } from './export-part.js';
import {
  exportHiFiGan,
  exportMelGan,
  exportTransformer,
  exportVqDecoder,
  exportVqEncoder,
  loadRuntime,
  type RuntimeTensor,
} from './index.js';

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'onnx-'));
  const { parts } = tinyManifest();
  const vocoder = {
    type: 'hifigan' as const,
    weights: 'vocoder.safetensors', // with weight norms, which are folded
    configuration: {
      resblock: '2' as const,
      upsample_rates: [16, 8],
      upsample_kernel_sizes: [16, 8],
      upsample_initial_channel: 8,
      resblock_kernel_sizes: [3],
      resblock_dilation_sizes: [[1]],
      num_mels: 64,
    },
  };
  await writeTinyModel(folder, { manifest: { parts: { ...parts, audio: { ...parts.audio, vocoder } } } });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Values around what training leaves, biases and norms included, which would else be zeros and ones. */
async function shaken<T extends Module>(module: T, random: Random): Promise<T> {
  for (const parameter of module.namedParameters().values()) {
    const values = await parameter.data();
    parameter.set(values.map((value) => value + 0.05 * random.normal()));
  }
  return module;
}

/** Difference of both as a share of the largest value of ours. */
function furthest(theirs: ArrayLike<number | bigint>, ours: ArrayLike<number>): number {
  expect(theirs.length).toBe(ours.length);
  let [difference, largest] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    difference = Math.max(difference, Math.abs(Number(theirs[i]) - ours[i]));
    largest = Math.max(largest, Math.abs(ours[i]));
  }
  return difference / largest;
}

const values = (compute: () => tf.Tensor): Float32Array =>
  tf.tidy(() => compute().dataSync() as Float32Array).slice();

const FIELDS = [
  { name: 'image', grid: [3, 4], vocabulary: 17 },
  { name: 'audio', grid: [2, 5], vocabulary: 13 },
] as const;
const transformer = (padding?: 'class-token') =>
  new MaskedTransformer(
    {
      fields: FIELDS.map((field) => ({ ...field })),
      embedDim: 32,
      depth: 2,
      numHeads: 4,
      decoderEmbedDim: 24,
      decoderDepth: 1,
      decoderNumHeads: 3,
      padding,
    },
    { random: new Random(1) },
  );

const VQ = {
  ddconfig: {
    z_channels: 12,
    resolution: 32,
    in_channels: 3,
    out_ch: 3,
    ch: 8,
    ch_mult: [1, 2, 2],
    num_res_blocks: 1,
    attn_resolutions: [16],
    norm_groups: 4,
  },
  n_embed: 19,
  embed_dim: 6,
};

const VOCODERS: readonly Exclude<GeneratorSettings, { type: 'vocos' }>[] = [
  ...(['1', '2'] as const).map((resblock) => ({
    type: 'hifigan' as const,
    configuration: {
      resblock,
      upsample_rates: [4, 2],
      upsample_kernel_sizes: [8, 4],
      upsample_initial_channel: 16,
      resblock_kernel_sizes: [3, 7],
      resblock_dilation_sizes: [
        [1, 3],
        [1, 5],
      ],
      num_mels: 10,
    },
  })),
  { type: 'melgan', configuration: { input_size: 10, ngf: 4, n_residual_layers: 2, ratios: [4, 3] } },
];

describe('exportTransformer', () => {
  it('refuses a transformer that pads with its class token', () => {
    expect(() => exportTransformer(transformer('class-token'), {})).toThrow(ConfigurationError);
  });
});

describe("MaskGIT's VQGAN", () => {
  it('is refused', () => {
    expect(() => exportVqDecoder({ ...VQ, architecture: 'maskgit' }, {})).toThrow(/MaskGIT/);
    expect(() => exportVqEncoder({ ...VQ, architecture: 'maskgit' }, {})).toThrow(/MaskGIT/);
  });
});

describe('exportPart', () => {
  it('exports every part, and holds nothing then', async () => {
    const tensors = tf.memory().numTensors;
    for (const part of PARTS) expect(await exportPart(folderSource(folder), part)).not.toHaveLength(0);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('says what there is, and what a folder lacks', async () => {
    const own = mkdtempSync(join(tmpdir(), 'onnx-'));
    await writeTinyModel(own);
    await expect(exportPart(folderSource(own), 'vocoder')).rejects.toThrow(/has no vocoder with weights/);
    await expect(exportPart(folderSource(own), 'image')).rejects.toThrow(/there are transformer, image-enc/);
    rmSync(own, { recursive: true });
  });
});

for (const name of ['onnxruntime-node', 'onnxruntime-web'] as const) {
  const runtime = loadRuntime(name);
  const reason = runtime ? '' : ' (not installed here: pnpm bench:peers)';
  // Within 1e-4 of the largest value, as golden outputs are compared.
  describe.skipIf(reason)(`${name} computes what our modules compute${reason}`, () => {
    beforeAll(() => {
      runtime!.env.logLevel = 'error';
      runtime!.env.wasm.numThreads = 1;
    });
    const run = async (parts: readonly Uint8Array[], inputs: Record<string, object>) => {
      const session = await runtime!.InferenceSession.create(new Uint8Array(Buffer.concat(parts)), {
        executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
      });
      return session.run(inputs);
    };
    const floats = (data: Float32Array, shape: readonly number[]) =>
      new runtime!.Tensor('float32', data, shape);
    const integers = (data: readonly number[], shape: readonly number[]) =>
      new runtime!.Tensor('int64', BigInt64Array.from(data, BigInt), shape);

    it('of a transformer, at known and unknown tokens of two canvases', async () => {
      const model = await shaken(transformer(), new Random(2));
      const random = new Random(3);
      const canvases = [0, 1].map(() =>
        Object.fromEntries(
          FIELDS.map(({ name, grid, vocabulary }) => [
            name,
            Int32Array.from({ length: grid[0] * grid[1] }, () =>
              random.uniform() < 0.5 ? -1 : random.integer(vocabulary),
            ),
          ]),
        ),
      );
      const { classToken, maskToken } = model.configuration;
      const words = canvases.flatMap(({ image, audio }) => [
        classToken,
        ...[...image].map((token) => (token < 0 ? maskToken : token)),
        ...[...audio].map((token) => (token < 0 ? maskToken : 17 + token)),
      ]);
      const theirs = await run(exportTransformer(model, await model.stateDict()), {
        words: integers(words, [2, 23]),
      });
      const ours = await model.predict(canvases);
      for (const { name } of FIELDS) expect(furthest(theirs[name].data, ours[name])).toBeLessThan(1e-4);
    });

    it('of a VQGAN, to codes and back, of two pictures that are not square', async () => {
      const model = await shaken(new VqModel(VQ, { random: new Random(1) }), new Random(2));
      const state = await model.stateDict();
      const picture = new Random(3).uniforms(2 * 3 * 32 * 24, -1, 1);
      const { codes } = await run(exportVqEncoder(VQ, state), {
        picture: floats(picture, [2, 3, 32, 24]),
      });
      const ours = values(
        () => model.encode(tf.transpose(tf.tensor4d(picture, [2, 3, 32, 24]), [0, 2, 3, 1])).indices,
      );
      expect([...codes.data].map(Number)).toEqual([...ours]);
      expect(new Set(ours).size).toBeGreaterThan(5); // not all the same

      const theirs = await run(exportVqDecoder(VQ, state), { codes: codes as RuntimeTensor });
      const decoded = values(() =>
        tf.transpose(
          model.decodeIndices(tf.tensor2d([...ours], [2, 48], 'int32'), [8, 6]),
          [0, 3, 1, 2], // as PyTorch has it
        ),
      );
      expect(theirs['picture'].dims).toEqual([2, 3, 32, 24]);
      expect(furthest(theirs['picture'].data, decoded)).toBeLessThan(1e-4);
    });

    it.each(VOCODERS)('of $type', async (settings) => {
      const generator = await shaken(createGenerator(settings, { random: new Random(1) }), new Random(2));
      const state = await generator.stateDict();
      const mel = new Random(3).normals(2 * 10 * 7);
      const parts =
        settings.type === 'melgan'
          ? exportMelGan(settings.configuration, state)
          : exportHiFiGan(settings.configuration, state);
      const { wave } = await run(parts, { mel: floats(mel, [2, 10, 7]) });
      const ours = values(() => generator.forward(tf.transpose(tf.tensor3d(mel, [2, 10, 7]), [0, 2, 1])));
      expect(wave.dims).toEqual([2, 1, 7 * generator.hopLength]);
      expect(furthest(wave.data, ours)).toBeLessThan(1e-4);
    });

    it("of a model folder's vocoder", async () => {
      const mel = { bands: 64, frames: 64, data: new Random(3).uniforms(64 * 64) };
      const model = await loadModel(folder, { backend: 'cpu' });
      const [ours] = (await model.vocode(mel)).channels;
      model.dispose();
      const parts = await exportPart(folderSource(folder), 'vocoder');
      const { wave } = await run(parts, { mel: floats(mel.data, [1, 64, 64]) });
      expect(furthest(wave.data, ours)).toBeLessThan(1e-4);
    });
  });
}
