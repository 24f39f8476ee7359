import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { ConfigurationError, InvalidInputError, Random, ShapeError, VqModel } from '@visual-echoes/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ImageTokenizer } from './image-tokenizer.js';
import type { Picture } from './picture.js';

const configuration = (channels: number, resolution: number) => ({
  ddconfig: {
    z_channels: 4,
    resolution,
    in_channels: channels,
    out_ch: channels,
    ch: 4,
    ch_mult: [1, 1],
    num_res_blocks: 1,
    attn_resolutions: [],
    norm_groups: 2,
  },
  n_embed: 8,
  embed_dim: 4,
});

const noise = (width: number, height: number, channels: 1 | 3): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from(new Random(2).uniforms(width * height * channels, 0, 256)),
});

beforeAll(() => tf.setBackend('cpu'));

describe('ImageTokenizer', () => {
  it('sets a picture in the middle of a black one of the network’s size, and cuts it out again', () => {
    const tokenizer = new ImageTokenizer(configuration(1, 8), { width: 6, height: 6, channels: 1 });
    const picture = noise(6, 6, 1);
    const plane = tokenizer.toPlane(picture);
    expect(tokenizer.grid).toEqual([4, 4]);
    expect(plane).toHaveLength(64);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const inside = x >= 1 && x < 7 && y >= 1 && y < 7;
        const expected = inside ? picture.data[(y - 1) * 6 + x - 1] / 127.5 - 1 : -1;
        expect(plane[y * 8 + x]).toBeCloseTo(expected, 6);
      }
    }
    expect(tokenizer.fromPlane(plane)).toEqual(picture);
  });

  it('clamps what the network draws beyond black and white', () => {
    const tokenizer = new ImageTokenizer(configuration(1, 4), { width: 4, height: 4, channels: 1 });
    const { data } = tokenizer.fromPlane(new Float32Array(16).fill(1.2).fill(-1.2, 0, 8));
    expect([data[0], data[15]]).toEqual([0, 255]);
  });

  it('encodes and decodes batches of colour pictures as the network itself does, and frees its tensors', async () => {
    const options = { width: 8, height: 6, channels: 3, random: new Random(1), batchSize: 2 } as const;
    const tokenizer = new ImageTokenizer(configuration(3, 8), options);
    const pictures = [noise(8, 6, 3), { ...noise(8, 6, 3), data: new Uint8Array(144) }, noise(8, 6, 3)];
    const first = await tokenizer.encode(pictures);
    await tokenizer.decode(first);
    const held = tf.memory().numTensors;
    const tokens = await tokenizer.encode(pictures);
    const rebuilt = await tokenizer.decode(tokens);
    expect(tf.memory().numTensors).toBe(held);
    expect(tokenizer.grid).toEqual([3, 4]);
    expect(tokens.map(({ length }) => length)).toEqual([12, 12, 12]);
    expect(tokens[0]).toEqual(tokens[2]);
    expect(rebuilt[0]).toMatchObject({ width: 8, height: 6, channels: 3 });
    const expected = tf.tidy(() => {
      const output = tokenizer.model.decodeIndices(tf.tensor2d(tokens[1], [1, 12]), [3, 4]);
      return Float32Array.from(output.dataSync());
    });
    expect(rebuilt[1]).toEqual(tokenizer.fromPlane(expected));
    tokenizer.dispose();
  });

  it('gives MaskGIT’s network 0..1, and takes −1..1 from it to white and black', async () => {
    const tokenizer = new ImageTokenizer(
      { ...configuration(3, 8), architecture: 'maskgit' },
      { width: 8, height: 8, channels: 3, random: new Random(1) },
    );
    const picture = noise(8, 8, 3);
    const input = tokenizer.toTensor([picture]);
    input.dataSync().forEach((value, i) => expect(value).toBeCloseTo(picture.data[i] / 255, 6));
    input.dispose();
    const tokens = Int32Array.from({ length: 16 }, (_, i) => i % 8);
    const [rebuilt] = await tokenizer.decode([tokens]);
    const output = tf.tidy(() =>
      tokenizer.model.decodeIndices(tf.tensor2d(tokens, [1, 16]), [4, 4]).dataSync(),
    );
    output.forEach((value, i) => {
      expect(Math.abs(rebuilt.data[i] - 255 * Math.min(1, Math.max(0, value)))).toBeLessThan(0.51);
    });
    tokenizer.dispose();
  });

  it('has the state dict of the network alone', async () => {
    const tokenizer = new ImageTokenizer(configuration(1, 8), { width: 8, height: 8, channels: 1 });
    const model = new VqModel(configuration(1, 8), { random: new Random(3) });
    expect(Object.keys(await tokenizer.stateDict())).toEqual(Object.keys(await model.stateDict()));
    tokenizer.loadStateDict(await model.stateDict());
    expect(await tokenizer.stateDict()).toEqual(await model.stateDict());
  });

  it('refuses other sizes, other channels and tokens that are not filled in', async () => {
    const tokenizer = new ImageTokenizer(configuration(1, 8), { width: 8, height: 8, channels: 1 });
    await expect(tokenizer.encode([noise(9, 8, 1)])).rejects.toThrow(ShapeError);
    await expect(tokenizer.decode([new Int32Array(16).fill(-1)])).rejects.toThrow(InvalidInputError);
    expect(() => new ImageTokenizer(configuration(1, 8), { width: 8, height: 8, channels: 3 })).toThrow(
      ConfigurationError,
    );
  });
});
