import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ConfigurationError, InvalidInputError, Random } from '@visual-echoes/core';
import { mirrorPicture } from '@visual-echoes/vq-image';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type GenerateOptions,
  loadModel,
  type Picture,
  readWav,
  selectBackend,
  type VisualEchoes,
  type Waveform,
  writeWav,
} from './node/index.js';
import { writeTinyModel } from './testing/index.js';

let folder: string;
let model: VisualEchoes;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModel(folder);
  model = await loadModel(folder, { backend: 'wasm' });
});
afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true });
});

/** A bar of ink, `x` pixels from the left, on a page. */
function bar(x: number, { width = 60, height = 60 } = {}): Picture {
  const data = new Uint8Array(width * height).fill(250);
  for (let row = 12; row < height - 12; row++) data.fill(20, row * width + x, row * width + x + 8);
  return { width, height, channels: 1, data };
}

/** Half a second of a tone that fades, in a little noise. */
function tone(frequency: number, sampleRate = 16_000): Waveform {
  const random = new Random(frequency);
  const samples = Float32Array.from({ length: sampleRate }, (_, i) => {
    const t = i / sampleRate - 0.2;
    const level = t < 0 || t > 0.5 ? 0 : 0.5 * Math.exp(-3 * t);
    return level * Math.sin(2 * Math.PI * frequency * t) + 0.001 * random.normal();
  });
  return { sampleRate, channels: [samples, samples] };
}

/** A wide picture of a ring, so that its tokens differ from a bar's. */
function ring(): Picture {
  const picture = bar(0, { width: 60, height: 60 });
  picture.data.fill(250);
  for (let i = 0; i < 60 * 60; i++) {
    const radius = Math.hypot((i % 60) - 30, Math.floor(i / 60) - 30);
    if (radius > 14 && radius < 20) picture.data[i] = 20;
  }
  return picture;
}

describe('imageToAudio', () => {
  it('gives a sound that can be written, with its mel, its tokens and its class', async () => {
    const { sound, mel, tokens, label, voice } = await model.imageToAudio(bar(20), { seed: 1 });
    expect(sound.sampleRate).toBe(8000);
    expect(sound.channels[0]).toHaveLength(64 * 128);
    expect([mel.bands, mel.frames]).toEqual([64, 64]);
    expect(model.labels).toContain(label);
    expect(model.voices).toContain(voice);
    expect(Object.values(tokens).every((field) => field.every((token) => token >= 0))).toBe(true);
    expect(readWav(writeWav(sound)).channels[0]).toHaveLength(64 * 128);
  });

  it('reads the class of a picture by its views where it is told, alone and in a batch alike', async () => {
    const views = { image: { shift: 2, mirror: true } };
    const given = [ring(), bar(20)].map((picture) => ({ picture }));
    const [plain, viewed] = [await model.classify(given), await model.classify(given, { views })];
    expect(viewed.map(({ probabilities }) => probabilities)).not.toEqual(
      plain.map(({ probabilities }) => probabilities),
    );
    expect((await model.classify(given[1], { views })).label).toBe(viewed[1].label);

    const canvases = await model.encode(given, { views });
    expect(canvases.map(({ label }) => model.labels[label[0]])).toEqual(viewed.map(({ label }) => label));
    const unread = await model.encode(given);
    expect(unread).toEqual(canvases.map((canvas) => ({ ...canvas, label: Int32Array.of(-1) })));
    const [named] = await model.encode([{ ...given[0], label: 'four' }], { views });
    expect(named.label).toEqual(Int32Array.of(4));

    const sounds = await model.imageToAudio(
      given.map(({ picture }) => picture),
      { views, seed: 3 },
    );
    const steps = model.steps(canvases, { task: 'imageToAudio', seed: 3 });
    for (;;) {
      const { done, value } = await steps.next();
      if (!done) continue;
      expect(value).toEqual(sounds.map(({ tokens }) => tokens));
      break;
    }
  });

  it('averages what the transformer says of the views', async () => {
    const picture = model.preparePicture(bar(30));
    const forms = [{ picture }, { picture: mirrorPicture(picture) }];
    const [own, mirrored] = await model.classify(forms, { preprocess: false });
    const both = await model.classify(forms[0], { preprocess: false, views: { image: { mirror: true } } });
    const means = own.probabilities.map((p, i) => Math.sqrt(p * mirrored.probabilities[i]));
    const sum = means.reduce((a, b) => a + b);
    for (const [i, p] of both.probabilities.entries()) expect(p).toBeCloseTo(means[i] / sum, 5);
  });

  it('draws again what the model does not read as its class', async () => {
    const pictures = [ring(), bar(20), bar(30)];
    const counted = async (rejection: GenerateOptions['rejection']) => {
      const onStep = vi.fn();
      const shares: number[] = [];
      const onProgress = (share: number) => shares.push(share);
      const made = await model.imageToAudio(pictures, { seed: 3, rejection, onStep, onProgress });
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      return { made, steps: onStep.mock.calls.length };
    };
    const plain = await counted(false);
    expect(await counted({ threshold: 0, attempts: 9 })).toEqual(plain); // good enough at once
    const surest = await counted({ attempts: 9 });
    // A random model is never sure; what is drawn again keeps its class and voice, and three of four steps.
    expect(surest.steps).toBe(plain.steps * (1 + 8 * (3 / 4)));
    expect(surest.made).not.toEqual(plain.made);
    const named = ({ made }: typeof plain) => made.map(({ label, voice }) => [label, voice]);
    expect(named(surest)).toEqual(named(plain));

    const canvases = await model.encode(pictures.map((picture) => ({ picture })));
    const steps = model.steps(canvases, { task: 'imageToAudio', seed: 3, rejection: { attempts: 9 } });
    let next = await steps.next();
    while (!next.done) next = await steps.next();
    expect(next.value).toEqual(surest.made.map(({ tokens }) => tokens));
  });

  it('speaks in the voice that is named', async () => {
    const { voice, tokens } = await model.imageToAudio(bar(20), { voice: 'Bob' });
    expect([voice, tokens['voice']]).toEqual(['bob', Int32Array.of(1)]);
    await expect(model.imageToAudio(bar(20), { voice: 'eve' })).rejects.toThrow(/no voice "eve".*bob \(1\)/);
  });

  it('gives a picture the same sound alone, in a batch and anywhere in it', async () => {
    const alone = await model.imageToAudio(ring(), { seed: 3 });
    const batch = await model.imageToAudio([bar(20), ring(), bar(30)], { seed: 3, batchSize: 2 });
    expect(batch).toHaveLength(3);
    expect(batch[1].tokens).toEqual(alone.tokens);
    expect(batch[1].sound).toEqual(alone.sound);
    const other = await model.imageToAudio(ring(), { seed: 4 });
    expect(other.tokens['audio']).not.toEqual(alone.tokens['audio']);
  });

  it('gives several sounds for one picture, of which the first is the one', async () => {
    const alone = await model.imageToAudio(bar(20));
    const several = await model.imageToAudio(bar(20), { count: 3 });
    expect(several).toHaveLength(3);
    expect(several[0].tokens).toEqual(alone.tokens);
    expect(several[1].tokens['audio']).not.toEqual(several[2].tokens['audio']);
    const seeded = await model.imageToAudio([bar(20), bar(20)], { seed: [5, 5] });
    expect(seeded[0].tokens).toEqual(seeded[1].tokens);
  });

  it('takes the settings of the model folder, and the caller over them', async () => {
    const steps: number[] = [];
    const onStep = (step: { steps: number }) => steps.push(step.steps);
    await model.imageToAudio(bar(20), { onStep });
    expect(steps).toEqual([4, 4, 4, 4]); // one of the label's, three of the sound's
    steps.length = 0;
    await model.imageToAudio(bar(20), { onStep, steps: 2, guidance: 1, temperature: 0.5 });
    expect(steps).toEqual([3, 3, 3]);
  });

  it('refuses a picture without a digit, and settings that cannot be', async () => {
    const blank = { width: 40, height: 40, channels: 1, data: new Uint8Array(1600) } as const;
    await expect(model.imageToAudio(blank)).rejects.toThrow(InvalidInputError);
    await expect(model.imageToAudio(bar(20), { count: 0 })).rejects.toThrow(/count is 0/);
    await expect(model.imageToAudio(bar(20), { seed: [1, 2] })).rejects.toThrow(/2 seeds for 1 results/);
  });

  it('stops where it is cancelled', async () => {
    const stop = new AbortController();
    const onStep = () => stop.abort();
    await expect(model.imageToAudio(bar(20), { signal: stop.signal, onStep })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('reports progress that never goes back and ends at 1', async () => {
    const shares: number[] = [];
    await model.imageToAudio([bar(20), ring(), bar(30)], {
      batchSize: 2,
      onProgress: (share) => shares.push(share),
    });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});

describe('audioToImage', () => {
  it('gives pictures of the size of the training pictures, from recordings and from mels', async () => {
    const [first, second] = await model.audioToImage([tone(440), tone(900)], { seed: 1 });
    expect(first.picture).toMatchObject({ width: 28, height: 28, channels: 1 });
    expect(second.label).toBeDefined();
    const mel = await model.prepareSound(tone(440));
    const again = await model.audioToImage(mel, { seed: 1 });
    expect(again).toEqual(first);
  });
});

describe('coGenerate and complete', () => {
  it('makes pairs from nothing and of a class, by its name or number', async () => {
    const pairs = await model.coGenerate({ count: 2, seed: 1 });
    expect(pairs.map(({ picture }) => picture.width)).toEqual([28, 28]);
    expect(pairs[0].tokens).not.toEqual(pairs[1].tokens);
    const [named] = await model.coGenerate({ label: 'Seven' });
    const [numbered] = await model.coGenerate({ label: 7 });
    expect(named.label).toBe('seven');
    expect(numbered).toEqual(named);
    for (const label of ['eleven', '', 10, -1, 1.5]) {
      await expect(model.coGenerate({ label })).rejects.toThrow(/There is no class.*seven \(7\)/);
    }
  });

  it('keeps every token that is known', async () => {
    const canvas = await model.encode({ picture: bar(20), sound: tone(440) });
    const known = canvas['image'].slice(0, 32);
    canvas['image'].fill(-1, 32);
    const { tokens, picture } = await model.complete(canvas, { seed: 2 });
    expect(tokens['image'].slice(0, 32)).toEqual(known);
    expect(tokens['audio']).toEqual(canvas['audio']);
    expect(tokens['image'].every((token) => token >= 0)).toBe(true);
    expect(picture.width).toBe(28);
    const [fromImage] = await model.complete([{ image: canvas['image'] }]);
    expect(fromImage.sound.channels[0]).toHaveLength(8192);
  });

  it('yields every step, and ends where complete does', async () => {
    const canvas = await model.encode({ picture: bar(20) });
    const steps = model.steps([canvas], { seed: 2 });
    const numbers: number[] = [];
    for (;;) {
      const { done, value } = await steps.next();
      if (done) {
        expect(value[0]).toEqual((await model.complete(canvas, { seed: 2 })).tokens);
        break;
      }
      numbers.push(value.step);
    }
    expect(numbers).toEqual([1, 2, 3]);
  });
});

describe('reconstruct and classify', () => {
  it('sends media through the tokenizers and back', async () => {
    const picture = await model.reconstructPicture(bar(20));
    expect(picture.original.width).toBe(28);
    expect(picture.picture.data).toHaveLength(784);
    expect(picture.tokens).toHaveLength(64);
    const [sound] = await model.reconstructSound([tone(440)]);
    expect(sound.mel.data).toHaveLength(sound.original.data.length);
    expect(sound.sound.channels[0]).toHaveLength(8192);
  });

  it('names a class with probabilities that sum to 1', async () => {
    const [one, both] = await model.classify([{ picture: bar(20) }, { picture: bar(20), sound: tone(440) }]);
    for (const { label, probabilities } of [one, both]) {
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(label).toBe(model.labels[probabilities.indexOf(Math.max(...probabilities))]);
    }
    expect(await model.classify({ picture: bar(20) })).toEqual(one);
  });

  it('names the class that is the likeliest to be sampled', async () => {
    const pictures = [12, 20, 28, 36].map((x) => bar(x));
    const sampled = await model.imageToAudio(pictures, { temperature: 0 });
    const read = await model.classify(pictures.map((picture) => ({ picture })));
    expect(read.map(({ label }) => label)).toEqual(sampled.map(({ label }) => label));
    const sounds = [300, 440, 700].map((frequency) => tone(frequency));
    const drawn = await model.audioToImage(sounds, { temperature: 0 });
    const heard = await model.classify(sounds.map((sound) => ({ sound })));
    expect(heard.map(({ label }) => label)).toEqual(drawn.map(({ label }) => label));
  });
});

it('holds as many tensors and bytes after 200 generations as after the first', async () => {
  await model.imageToAudio(bar(20), { steps: 1 });
  await model.audioToImage(tone(440), { steps: 1 });
  const { numTensors, numBytes } = tf.memory();
  const { audio } = await model.encode({ sound: tone(440) });
  for (let i = 0; i < 10; i++) {
    await model.imageToAudio(bar(20), { steps: 1, count: 10, seed: i });
    await model.complete({ audio }, { steps: 1, count: 10, seed: i });
  }
  await expect(model.imageToAudio(bar(20), { count: 2, temperature: -1 })).rejects.toThrow(
    ConfigurationError,
  );
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
});

it('frees all that it held', async () => {
  const before = tf.memory().numTensors;
  const second = await loadModel(folder, { backend: 'wasm' });
  expect(tf.memory().numTensors).toBeGreaterThan(before);
  second.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
