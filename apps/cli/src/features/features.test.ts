import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { selectBackend } from 'visual-echoes/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distanceRows } from '../evaluation/distance-rows.js';
import { networkFile } from './network-file.js';
import { type OnnxRuntime, onnxFeatures } from './onnx-features.js';
import { tfjsFeatures } from './tfjs-features.js';
import { toInput } from './to-input.js';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'features-'));
  await selectBackend({ prefer: 'wasm' });
});
afterAll(() => rmSync(folder, { recursive: true }));

const grey = (value: number): Picture => ({
  width: 2,
  height: 2,
  channels: 1,
  data: new Uint8Array([value, 0, 0, 255]),
});
const tone = (seconds: number): Waveform => ({
  sampleRate: 8000,
  channels: [Float32Array.from({ length: 8000 * seconds }, (_, i) => 0.5 * Math.sin(i))],
});
const write = (name: string, json: object) => writeFileSync(join(folder, name), JSON.stringify(json));
const input = (form: object) => networkFile.parse({ name: 'x', input: form }).input;

describe('toInput', () => {
  it('brings pictures to a size, range and layout', async () => {
    const form = { type: 'picture', width: 2, height: 2, channels: 3, layout: 'nchw', range: [0, 1] };
    const { data, shape } = await toInput(input({ ...form, mean: [0, 0.5, 0], deviation: [1, 0.5, 1] }))(
      grey(51),
    );
    expect(shape).toEqual([3, 2, 2]);
    const expected = [0.2, 0, 0, 1, -0.6, -1, -1, 1, 0.2, 0, 0, 1];
    data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    const last = await toInput(input({ ...form, channels: 1, layout: 'nhwc' }))(grey(0));
    expect(last.shape).toEqual([2, 2, 1]);
  });

  it('brings sounds to a rate and length, or to a mel spectrogram with silence behind', async () => {
    const wave = await toInput(input({ type: 'waveform', sampleRate: 16_000, samples: 20_000 }))(tone(1));
    expect(wave.shape).toEqual([20_000]);
    expect(wave.data.slice(16_100).every((value) => value === 0)).toBe(true);
    const mel = { sampleRate: 16_000, melBands: 64, fMax: 7500 };
    const bring = (layout: string) =>
      toInput(input({ type: 'mel', mel, frames: 96, layout, range: [-1, 1] }))(tone(0.5));
    const [frames, bands] = [await bring('ntb'), await bring('ncbt')];
    expect(frames.shape).toEqual([96, 64]);
    expect(bands.shape).toEqual([1, 64, 96]);
    expect(frames.data[5 * 64 + 20]).toBe(bands.data[20 * 96 + 5]);
    expect(frames.data.at(-1)).toBe(-1);
  });
});

describe('onnxFeatures', () => {
  const runtime = (seen: number[][]): OnnxRuntime => ({
    InferenceSession: {
      create: async () => ({
        inputNames: ['pictures'],
        outputNames: ['mean', 'classes'],
        run: async ({ pictures }) => {
          const { data, shape } = pictures as { data: Float32Array; shape: number[] };
          seen.push(shape);
          const sums = Float32Array.from({ length: shape[0] * 2 }, (_, i) => data[2 * i] + data[2 * i + 1]);
          return { mean: { data: sums }, classes: { data: sums } };
        },
      }),
    },
    Tensor: class {
      constructor(
        readonly type: string,
        readonly data: Float32Array,
        readonly shape: readonly number[],
      ) {}
    },
  });
  const form = { type: 'picture', width: 2, height: 2, channels: 1, layout: 'nhwc', range: [0, 255] };

  it('runs in batches, each list once, and names the figure', async () => {
    write('pixels.json', { name: 'Pixels', input: form, batch: 2, classes: 'classes' });
    const seen: number[][] = [];
    const network = await onnxFeatures(join(folder, 'pixels.onnx'), { loadRuntime: () => runtime(seen) });
    const made = [grey(1), grey(2), grey(3)];
    expect(await network.embed(made)).toEqual({
      values: Float32Array.of(1, 255, 2, 255, 3, 255),
      dimension: 2,
    });
    await network.embed(made);
    expect(seen).toEqual([
      [2, 2, 2, 1],
      [1, 2, 2, 1],
    ]);
    expect(network.classify).toBeDefined();
    const rows = await distanceRows(
      { features: [network] },
      { task: 't', medium: 'picture' },
      { made, real: [grey(1), grey(3)], training: [grey(1), grey(3)], what: 'of others' },
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].measure).toBe('Fréchet distance, features of Pixels');
    // Means 2 and 2, variances 1 and 2: 0 + 1 + 2 − 2√2.
    expect(rows[0].value).toBeCloseTo(3 - 2 * Math.SQRT2, 6);
    expect(rows[0].reference).toEqual({ what: 'of others', value: 0 });
  });

  it('says how ONNX Runtime is installed, and which outputs there are', async () => {
    write('bare.json', { name: 'Pixels', input: form });
    await expect(onnxFeatures(join(folder, 'bare.onnx'), { loadRuntime: () => undefined })).rejects.toThrow(
      /npm install onnxruntime-node/,
    );
    write('wrong.json', { name: 'Pixels', input: form, features: 'pool' });
    await expect(
      onnxFeatures(join(folder, 'wrong.onnx'), { loadRuntime: () => runtime([]) }),
    ).rejects.toThrow(/no output "pool"; it has mean, classes/);
    write('odd.json', { name: 'Pixels', input: { type: 'smell' } });
    await expect(onnxFeatures(join(folder, 'odd.onnx'))).rejects.toThrow(/odd\.json: input/);
    await expect(onnxFeatures(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'file-access' });
  });
});

describe('tfjsFeatures', () => {
  it('runs a layers model of a folder and leaves no tensor behind', async () => {
    const { layers, sequential } = await import('@tensorflow/tfjs');
    const before = tf.memory().numTensors;
    const model = sequential({
      layers: [
        layers.flatten({ inputShape: [2, 2, 1] }),
        layers.dense({ units: 1, kernelInitializer: 'ones', name: 'sum' }),
      ],
    });
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
        write('model.json', {
          format: 'layers-model',
          modelTopology,
          weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
        });
        writeFileSync(join(folder, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    model.dispose();
    write('features.json', {
      name: 'Sums',
      input: { type: 'picture', width: 2, height: 2, channels: 1, layout: 'nhwc', range: [0, 255] },
    });
    const network = await tfjsFeatures(folder);
    const { values, dimension } = await network.embed([grey(1), grey(10)]);
    expect([...values]).toEqual([256, 265]);
    expect(dimension).toBe(1);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
    write('features.json', {
      name: 'Sums',
      features: 'pool',
      input: { type: 'waveform', sampleRate: 8000, samples: 4 },
    });
    await expect(tfjsFeatures(folder)).rejects.toThrow(/no output "pool"; it has sum/);
  });
});
