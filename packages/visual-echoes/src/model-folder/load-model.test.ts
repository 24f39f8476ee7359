import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {
  type Activation,
  CheckpointError,
  ConfigurationError,
  FileAccessError,
  linear as operation,
  unpackHalves,
} from '@visual-echoes/core';
import { readStateFile, writeStateFile } from '@visual-echoes/core/node';
import { MEL_DIGITS, MelSpectrogram } from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../index.js';
import { findModel, folderSource } from '../node/index.js';
import { tinyManifest, writeTinyModel } from '../testing/index.js';
import { type ModelManifest, parseManifest } from './manifest.js';

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
  await writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('parseManifest', () => {
  it.each<[string, (manifest: ReturnType<typeof tinyManifest>) => void]>([
    ['format: 2 is not 1', (m) => ((m.format as number) = 2)],
    ['parts.image.weights: must be the name of a file', (m) => (m.parts.image.weights = '../x')],
    ['parts.audio.mel.sampleRate: ', (m) => (m.parts.audio.mel.sampleRate = -1)],
    ['parts.audio.preprocessing.sampleRate: 1 is not', (m) => (m.parts.audio.preprocessing.sampleRate = 1)],
    ['sampling.complete.order.type: ', (m) => (m.sampling.complete = { order: { type: 'x' } as never })],
    [
      'sampling.complete.views: there are no classes',
      (m) =>
        (Object.assign(m, { classes: undefined }).sampling.complete = { views: { image: { mirror: true } } }),
    ],
    [
      'sampling.complete.rejection: there are no classes',
      (m) => (Object.assign(m, { classes: undefined }).sampling.complete = { rejection: { attempts: 2 } }),
    ],
    [
      'sampling.complete.rejection.threshold: ',
      (m) => (m.sampling.complete = { rejection: { threshold: 2 } }),
    ],
    ['sampling.complete: Unrecognized key: "step"', (m) => (m.sampling.complete = { step: 1 } as never)],
    ['there is no field "audio"', (m) => m.parts.transformer.configuration.fields.splice(1, 1)],
    ['"image" has 16 tokens and its tokenizer 8', (m) => (m.parts.image.configuration.n_embed = 8)],
    ['classes.names: 1 names for 10 classes', (m) => m.classes?.names.splice(1)],
    ['classes.field: "image" is not a field of one', (m) => (m.classes!.field = 'image')],
  ])('names the entry: %s', (message, change) => {
    const manifest = tinyManifest();
    change(manifest);
    const read = () => parseManifest(JSON.stringify(manifest), 'model/visual-echoes.json');
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(`model/visual-echoes.json: `);
    expect(read).toThrow(message);
  });

  it('says where there is no JSON at all', () => {
    expect(() => parseManifest('<!doctype html>')).toThrow(/visual-echoes.json is not JSON/);
  });
});

describe('loadModel', () => {
  it('reports progress that never goes back and ends at 1', async () => {
    const shares: number[] = [];
    const model = await loadModel(folderSource(folder), { onProgress: (share) => shares.push(share) });
    model.dispose();
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('names the file whose header lies, and holds nothing then', async () => {
    const bytes = readFileSync(join(folder, 'transformer.safetensors'));
    const broken = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
    await writeTinyModel(broken);
    const tensors = tf.memory().numTensors;
    writeFileSync(join(broken, 'transformer.safetensors'), bytes.subarray(0, 5000));
    const load = () => loadModel(folderSource(broken));
    await expect(load()).rejects.toThrow(CheckpointError);
    await expect(load()).rejects.toThrow(/transformer\.safetensors: .*safetensors/);
    rmSync(join(broken, 'transformer.safetensors'));
    await expect(load()).rejects.toThrow(FileAccessError);
    expect(tf.memory().numTensors).toBe(tensors);
    rmSync(broken, { recursive: true });
  });

  it('stops where it is cancelled', async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const load = loadModel(folderSource(folder), { signal: stop.signal, onProgress });
    await expect(load).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses a path in the main entry, and points to the other', async () => {
    await expect(loadModel('./model')).rejects.toThrow(/visual-echoes\/node/);
  });
});

describe('a model with a neural vocoder', () => {
  const manifest = tinyManifest();
  const hifigan = {
    type: 'hifigan' as const,
    weights: 'vocoder.safetensors',
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
  const write = async (vocoder: ModelManifest['parts']['audio']['vocoder']): Promise<string> => {
    const own = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
    const parts = { ...manifest.parts, audio: { ...manifest.parts.audio, vocoder } };
    await writeTinyModel(own, { manifest: { parts } });
    return own;
  };

  it('makes the sound of the mel, the same alone and among others', async () => {
    const own = await write(hifigan);
    const tensors = tf.memory().numTensors;
    const shares: number[] = [];
    const model = await loadModel(folderSource(own), { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const ramp = {
      bands: 64,
      frames: 64,
      data: Float32Array.from({ length: 4096 }, (_, i) => (i % 61) / 61),
    };
    const dark = { ...ramp, data: new Float32Array(4096) };
    const { sound } = await model.reconstructSound(ramp);
    const [alone] = sound.channels;
    expect(alone).toHaveLength(8192);
    expect(alone.some((sample) => Math.abs(sample) > 1e-3)).toBe(true);
    const [, among] = await model.reconstructSound([dark, ramp]);
    const furthest = among.sound.channels[0].reduce(
      (most, x, i) => Math.max(most, Math.abs(x - alone[i])),
      0,
    );
    expect(furthest).toBeLessThan(1e-5);
    model.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    rmSync(own, { recursive: true });
  }, 60_000);

  it('matches its sounds to their mels, where the manifest says so', async () => {
    const mel = { bands: 64, frames: 64, data: Float32Array.from({ length: 4096 }, (_, i) => (i % 61) / 61) };
    const distances: number[] = [];
    for (const melMatching of [undefined, { iterations: 8 }]) {
      const own = await write({ ...hifigan, ...(melMatching && { melMatching }) });
      const model = await loadModel(folderSource(own));
      const again = new MelSpectrogram(MEL_DIGITS).forward((await model.vocode(mel)).channels[0]);
      distances.push(again.data.reduce((sum, x, i) => sum + Math.abs(x - mel.data[i]), 0) / 4096);
      model.dispose();
      rmSync(own, { recursive: true });
    }
    expect(distances[1]).toBeLessThan(distances[0] / 2);
    await expect(
      write({ ...hifigan, melMatching: { iterations: -1 } }).then((own) => loadModel(folderSource(own))),
    ).rejects.toThrow(/melMatching/);
  });

  it('says where the vocoder is not for these mels, or its weights do not fit', async () => {
    const tensors = tf.memory().numTensors;
    const small = { ...hifigan, configuration: { ...hifigan.configuration, num_mels: 32 } };
    const other = await write(small);
    await expect(loadModel(folderSource(other))).rejects.toThrow(/64 bands .* takes 32 bands/);
    const own = await write(hifigan);
    copyFileSync(join(other, 'vocoder.safetensors'), join(own, 'vocoder.safetensors'));
    await expect(loadModel(folderSource(own))).rejects.toThrow(/vocoder\.safetensors: .*conv_pre\.weight/s);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const one of [other, own]) rmSync(one, { recursive: true });
  });
});

describe('a model in half precision', () => {
  it('holds its linear layers so, where the engine computes from that, and gives the same', async () => {
    const own = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
    const { parts } = tinyManifest();
    const vocoder = {
      type: 'vocos' as const,
      weights: 'vocoder.safetensors',
      configuration: {
        input_channels: 64,
        dim: 8,
        intermediate_dim: 12,
        num_layers: 1,
        n_fft: 256,
        hop_length: 128,
      },
    };
    await writeTinyModel(own, { manifest: { parts: { ...parts, audio: { ...parts.audio, vocoder } } } });
    let linear = 0;
    for (const file of ['transformer.safetensors', vocoder.weights]) {
      const state = await readStateFile(join(own, file));
      await writeStateFile(join(own, file), state, { type: 'f16' });
      for (const [name, { shape, data }] of Object.entries(state)) {
        if (shape.length === 2 && !name.includes('embeddings')) linear += data.length;
      }
    }
    const run = async () => {
      const before = tf.memory().numBytes;
      const model = await loadModel(folderSource(own));
      const held = tf.memory().numBytes - before;
      const [{ sound }] = await model.coGenerate({ seed: 1 });
      model.dispose();
      expect(tf.memory().numBytes).toBe(before);
      return { held, samples: sound.channels[0] };
    };
    const whole = await run();
    tf.registerKernel({
      kernelName: 'LinearHalves',
      backendName: 'cpu',
      kernelFunc: ({ inputs, attrs }) => {
        const { x, weight, bias } = inputs as { x: tf.Tensor2D; weight: tf.Tensor; bias: tf.Tensor };
        return tf.tidy(() => {
          const full = tf.reshape(unpackHalves(weight.dataSync() as Int32Array), [x.shape[1], -1]);
          return operation(x, full, bias, attrs!['activation'] as Activation);
        });
      },
    });
    const packed = await run();
    tf.unregisterKernel('LinearHalves', 'cpu');
    expect(whole.held - packed.held).toBe(2 * linear);
    expect(packed.samples).toEqual(whole.samples);
    rmSync(own, { recursive: true });
  }, 60_000);
});

describe('an address', () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    server = createServer((request, answer) => {
      try {
        answer.end(readFileSync(join(folder, request.url!.replace('/digits/', ''))));
      } catch {
        answer.writeHead(404).end('not here');
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('is read by fetch', async () => {
    const model = await loadModel(`${address}/digits`);
    expect(model.manifest.name).toBe('tiny');
    model.dispose();
  });

  it('that is not there is named with the answer', async () => {
    await expect(loadModel(`${address}/nothing/`)).rejects.toThrow(
      /nothing\/visual-echoes\.json: the server answers 404/,
    );
    await expect(loadModel('http://127.0.0.1:1/')).rejects.toThrow(/Cannot read http:.*Check the address/);
  });
});

describe('findModel', () => {
  it('takes paths and file addresses as they are', () => {
    expect(findModel(folder)).toBe(folder);
    expect(findModel(pathToFileURL(folder))).toBe(folder);
  });

  it('says what a name that is nothing could have been', () => {
    expect(() => findModel('./nothing')).toThrow(/model folder .\/nothing does not exist/);
    expect(() => findModel('@nobody/model')).toThrow(/npm install @nobody\/model/);
    expect(() => folderSource(tmpdir()).name).not.toThrow();
  });

  it('says of a folder that it is no model folder', async () => {
    await expect(loadModel(folderSource(tmpdir()))).rejects.toThrow(/not a model folder/);
  });
});
