import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@visual-echoes/core';
import { writeStateFile } from '@visual-echoes/core/node';
import type { Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { loadModel, selectBackend, type VisualEchoes } from 'visual-echoes/node';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Classifier, PICTURE_CLASSIFIER, SOUND_CLASSIFIER, SPEAKER_CLASSIFIER } from './classifier.js';
import { evaluateModel } from './evaluate-model.js';
import type { EvaluationData } from './evaluation-data.js';
import type { EvaluationRow } from './evaluation-row.js';
import { CLASSIFIER_FILES, type Judges, loadJudges, NOTHING } from './judges.js';

let folder: string;
let model: VisualEchoes;
let judges: Judges;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModel(folder);
  model = await loadModel(folder, { backend: 'wasm' });
  const shapes = { picture: PICTURE_CLASSIFIER, sound: SOUND_CLASSIFIER, speaker: SPEAKER_CLASSIFIER };
  for (const [name, shape] of Object.entries(shapes)) {
    const classifier = new Classifier(shape, new Random(1));
    const file = CLASSIFIER_FILES[name as keyof typeof shapes];
    await writeStateFile(join(folder, file), await classifier.stateDict(), { type: 'f16' });
    classifier.dispose();
  }
  judges = await loadJudges(folder);
});
afterAll(() => {
  judges.dispose();
  model.dispose();
  rmSync(folder, { recursive: true });
});

/** A bar in the middle of 28 × 28, in MNIST's form. */
const bar: Picture = {
  width: 28,
  height: 28,
  channels: 1,
  data: Uint8Array.from({ length: 784 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x >= 13 && x <= 15 && y >= 4 && y < 24 ? 255 : 0;
  }),
};

const tone = (frequency: number): Waveform => ({
  sampleRate: 8000,
  channels: [Float32Array.from({ length: 4000 }, (_, i) => 0.4 * Math.sin((i * frequency) / 1273))],
});

const data: EvaluationData = {
  pictures: { media: [bar, bar], digits: [1, 7] },
  sounds: { media: [tone(440), tone(600)], digits: [1, 7] },
  trainPictures: { media: [bar, bar], digits: [1, 7] },
  trainSounds: { media: [tone(440), tone(500)], digits: [1, 7] },
};

async function measure(options: Partial<Parameters<typeof evaluateModel>[0]>): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for await (const task of evaluateModel({
    model,
    judges,
    data,
    sampling: { steps: 1 },
    pairs: 3,
    ...options,
  })) {
    rows.push(...task.rows);
  }
  return rows;
}

describe('evaluateModel', () => {
  it('measures every task, with real data beside it, and leaves no tensor behind', async () => {
    await measure({ tasks: ['audio-to-image'] });
    const held = tf.memory().numTensors;
    const samples: string[] = [];
    const shares: number[] = [];
    const rows = await measure({
      onSamples: async (name) => void samples.push(name),
      onProgress: (_, share) => shares.push(share),
    });
    expect(tf.memory().numTensors).toBe(held);
    expect(new Set(rows.map(({ task }) => task))).toEqual(
      new Set([
        'image-to-audio',
        'audio-to-image',
        'image-to-audio, brought',
        'audio-to-image, brought',
        'co-generation',
        'variety',
        'reconstruction',
        'vocoder',
        'speed',
      ]),
    );
    expect(rows.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(samples).toContain('co-generation-mels');
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    const heard = rows.find(({ measure }) => measure === 'heard right')!;
    expect(heard.total).toBe(2);
    expect(heard.reference?.what).toBe('of recordings');
    const read = rows.filter(({ measure }) => measure === 'class read right');
    expect(read.map(({ task, total }) => [task, total])).toEqual(
      ['image-to-audio', 'audio-to-image', 'image-to-audio, brought', 'audio-to-image, brought'].map(
        (task) => [task, 2],
      ),
    );
    // Different seeds of one picture, told apart by their tokens.
    const different = rows.find(({ task }) => task === 'variety')!;
    expect(different.value).toBeGreaterThan(1);
  });

  it('counts what cannot be brought to the model’s form as wrong', async () => {
    const blank = { ...bar, data: new Uint8Array(784) };
    const [row] = await measure({
      tasks: ['image-to-audio'],
      data: { ...data, pictures: { media: [bar, blank, bar], digits: [1, 1, 1] } },
    });
    expect(row.total).toBe(3);
    expect(row.correct).toBeLessThan(3);
  });

  it('measures the vocoder beside Griffin-Lim, which comes nearer than the tiny model’s own with fewer iterations', async () => {
    const rows = await measure({ tasks: ['vocoder'] });
    const [mel, stft, heard, speed] = rows;
    expect(rows).toHaveLength(4);
    for (const { value, reference } of [mel, stft]) expect(value).toBeGreaterThan(reference!.value);
    expect(mel.value).toBeLessThan(3); // decibels
    expect(stft.reference!.value).toBeGreaterThan(0.1); // the phases are not the recording's
    expect(heard.total).toBe(2);
    expect(speed.value).toBeGreaterThan(0);
  });

  it('gives the same figures for the same seed', async () => {
    const figures = async () =>
      (await measure({ tasks: ['co-generation'], seed: 4 })).map(({ value }) => value);
    expect(await figures()).toEqual(await figures());
  });

  it('stops where it is cancelled', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(measure({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('judges', () => {
  it('hear nothing in silence', async () => {
    const silence = { sampleRate: 8000, channels: [new Float32Array(4000)] };
    const { classes, posteriors, features } = await judges.judgeSounds([silence, tone(440)]);
    expect(classes[0]).toBe(NOTHING);
    expect(classes[1]).toBeLessThan(10);
    expect(posteriors).toHaveLength(20);
    expect(features).toHaveLength(64);
    expect(posteriors.subarray(10).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it('hear the same at any rate, level and place', async () => {
    const quiet = { sampleRate: 16_000, channels: [new Float32Array(24_000)] };
    for (let i = 0; i < 8000; i++) quiet.channels[0][8000 + i] = 0.05 * Math.sin((i * 220) / 1273);
    const { posteriors } = await judges.judgeSounds([tone(440), quiet]);
    for (let digit = 0; digit < 10; digit++) {
      expect(posteriors[10 + digit]).toBeCloseTo(posteriors[digit], 1);
    }
  });
});
