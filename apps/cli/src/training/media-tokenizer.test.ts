import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, type StateDict } from '@visual-echoes/core';
import { FileCheckpointStore, readStateFile } from '@visual-echoes/core/node';
import { MEL_DIGITS } from '@visual-echoes/vq-audio';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import type { ClipMedia } from '../dataset/clip-media.js';
import { writeDatasetFile } from '../dataset/dataset-file.js';
import { writeMediaShard } from '../dataset/media-shard.js';
import { melSamples, openMedia, pictureSamples } from './media-samples.js';
import { preparePart } from './prepare-part.js';
import { loadImageTokenizer } from './tokenize-digits.js';

const [BANDS, FRAMES] = [64, 64];
const picture = { width: 28, height: 28, channels: 1 as const };
let home: string;

beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'media-training-'));
  const random = new Random(1);
  const clip = async (split: string, i: number): Promise<ClipMedia> => ({
    id: `${split}-${i}`,
    label: i < 10 ? 'rain' : 'wind',
    split,
    frames: await Promise.all(
      [0, 1].map((frame) =>
        sharp(new Uint8Array(784).fill(2 * i + frame), { raw: { width: 28, height: 28, channels: 1 } })
          .png()
          .toBuffer(),
      ),
    ),
    mel: { bands: BANDS, frames: FRAMES, data: random.uniforms(BANDS * FRAMES) },
  });
  const shards: { file: string; split: string; rows: number }[] = [];
  for (const [split, rows] of [
    ['train', 50],
    ['test', 4],
  ] as const) {
    const file = `${split}-00000.parquet`;
    const clips = await Promise.all(Array.from({ length: rows }, (_, i) => clip(split, i)));
    await writeMediaShard(join(home, 'media', file), clips);
    shards.push({ file, split, rows });
  }
  await writeDatasetFile(join(home, 'media'), {
    format: 1,
    holds: 'media',
    labels: ['rain', 'wind'],
    shards,
    picture: { ...picture, encoding: 'png' },
    mel: { bands: BANDS, frames: FRAMES, encoding: 'float16', configuration: { ...MEL_DIGITS } },
  });
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const options = { splits: { train: 'train' }, seed: 1 };

describe('media samples', () => {
  it('are any frame of every clip, the same wherever a run goes on', async () => {
    const dataset = await openMedia(join(home, 'media'), options.splits);
    const { take, held } = await pictureSamples(dataset, picture, options);
    const steps = [
      await take(1, 10),
      await take(2, 10),
      await take(3, 10),
      await take(4, 10),
      await take(5, 10),
    ];
    const seen = steps.flat().map(({ media }) => media.data[0]);
    expect(seen.map((value) => value >> 1).sort((a, b) => a - b)).toEqual([...new Array(50).keys()]);
    const resumed = await pictureSamples(dataset, picture, options);
    expect(await resumed.take(4, 10)).toEqual(steps[3]);
    expect(held).toHaveLength(4);
    expect(held[3].media).toMatchObject(picture);
  });

  it('are mel spectrograms of the tokenizer’s form', async () => {
    const dataset = await openMedia(join(home, 'media'), options.splits);
    const { take } = await melSamples(dataset, { bands: BANDS, frames: FRAMES }, options);
    expect((await take(1, 3)).map(({ media }) => [media.bands, media.frames, media.data.length])).toEqual(
      new Array(3).fill([64, 64, 4096]),
    );
    const refused = async () => melSamples(dataset, { bands: 80, frames: 848 }, options);
    await expect(refused()).rejects.toThrow(/has mel spectrograms of 64×64, and the tokenizer takes 80×848/);
    const colour = async () => pictureSamples(dataset, { ...picture, channels: 3 }, options);
    await expect(colour()).rejects.toThrow(/has pictures of 28×28 in 1 channels, and the tokenizer takes/);
  });
});

describe('augmented media samples', () => {
  const augmentation = { scale: [0.5, 1], mirror: 0.5, brightness: 0.3 } as const;
  const mix = { probability: 1, level: [-6, 0] } as const;

  it('are the same wherever a run goes on, and of what is held back nothing changes', async () => {
    const dataset = await openMedia(join(home, 'media'), options.splits);
    const pictures = () => pictureSamples(dataset, picture, { ...options, augmentation });
    const { take, held } = await pictures();
    const steps = [await take(1, 10), await take(2, 10), await take(8, 10)];
    expect(await (await pictures()).take(8, 10)).toEqual(steps[2]);
    const plain = await pictureSamples(dataset, picture, options);
    expect(held).toEqual(plain.held);
    expect(steps[0]).not.toEqual(await plain.take(1, 10));
    const form = { bands: BANDS, frames: FRAMES };
    const settings = { ...options, augmentation: { shiftFrames: 8, gain: 3, mix } };
    const mels = await melSamples(dataset, form, settings);
    const sounds = [await mels.take(1, 10), await mels.take(7, 10)];
    expect(await (await melSamples(dataset, form, settings)).take(7, 10)).toEqual(sounds[1]);
    expect(mels.held).toEqual((await melSamples(dataset, form, options)).held);
    expect(sounds[1][3].media).toMatchObject(form);
  });

  it('mix sounds of one class alone', async () => {
    const dataset = await openMedia(join(home, 'media'), options.splits);
    const form = { bands: BANDS, frames: FRAMES };
    const rows = async function* (file: string, range?: { from?: number; to?: number }) {
      for await (const clip of dataset.rows(file, range)) {
        yield { ...clip, mel: { ...clip.mel, data: clip.mel.data.fill(clip.label === 'rain' ? 0.2 : 0.6) } };
      }
    };
    const { take } = await melSamples({ ...dataset, rows }, form, { ...options, augmentation: { mix } });
    for (const { media } of await take(1, 50)) {
      const { data } = media;
      const above = data[0] - (data[0] < 0.4 ? 0.2 : 0.6); // 1 to 3 dB of 90, or more across classes
      expect(above * 90).toBeGreaterThan(0.9);
      expect(above * 90).toBeLessThan(3.1);
    }
  });

  it('show every class equally often', async () => {
    const dataset = await openMedia(join(home, 'media'), options.splits);
    expect((await dataset.labelsOf('train-00000.parquet')).filter((label) => label === 'rain')).toHaveLength(
      10,
    );
    const { take } = await pictureSamples(dataset, picture, { ...options, balance: true });
    const seen = (await take(1, 80)).map(({ media }) => media.data[0] >> 1); // an epoch: twice the 40 of the larger class
    expect(seen.filter((clip) => clip < 10)).toHaveLength(40);
    expect(new Set(seen).size).toBe(50);
    expect(seen.filter((clip) => clip === 3)).toHaveLength(4);
  });
});

describe('a tokenizer over a dataset', () => {
  const put = (name: string, digits: string, changes: object = {}) => {
    const path = `../../../../packages/model-digits/training/${digits}.json`;
    const {
      start: _,
      configuration,
      training,
      ...rest
    } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    const ddconfig = { ...configuration.ddconfig, ch: 4, z_channels: 4, norm_groups: 2 };
    const settings = {
      ...rest,
      dataset: 'media',
      configuration: { ...configuration, ddconfig, n_embed: 8 },
      augmentation: {},
      training: { ...training, steps: 4, batchSize: 2, logEvery: 1 },
      ...changes,
    };
    writeFileSync(join(home, `${name}.json`), JSON.stringify(settings));
    return join(home, `${name}.json`);
  };
  const train = async (part: string, config: string, out: string, ...more: string[]) => {
    const outcome = await visualEchoes(['train', part, '--config', config, '--out', out, ...more], {
      cwd: home,
    });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  };
  const weights = (out: string) => readStateFile(join(home, out, 'weights.safetensors'));

  it('goes on bit for bit', async () => {
    const config = put('image', 'image-tokenizer-64');
    await train('image-tokenizer', config, 'whole');
    await train('image-tokenizer', config, 'parts', '--until', '2');
    await train('image-tokenizer', config, 'parts', '--resume');
    expect(await weights('parts')).toEqual(await weights('whole'));
  }, 120_000);

  it('goes on bit for bit, augmented and balanced', async () => {
    const augmentation = { rotation: 5, scale: [0.5, 1], mirror: 0.5, contrast: 0.2 };
    const config = put('varied', 'image-tokenizer-64', { augmentation, balance: true });
    await train('image-tokenizer', config, 'varied');
    await train('image-tokenizer', config, 'varied-parts', '--until', '2');
    await train('image-tokenizer', config, 'varied-parts', '--resume');
    expect(await weights('varied-parts')).toEqual(await weights('varied'));
    expect(await weights('varied')).not.toEqual(await weights('whole'));
    expect((await loadImageTokenizer(join(home, 'varied'))).file).toMatchObject({ augmentation, picture });
  }, 120_000);

  it('learns by labels alone, of a folder of pictures, and then with the decoder', async () => {
    const random = new Random(2);
    for (const [split, count] of [
      ['train', 6],
      ['test', 2],
    ] as const) {
      for (const label of ['bright', 'dark']) {
        mkdirSync(join(home, 'pictures', split, label), { recursive: true });
        for (let i = 0; i < count; i++) {
          const data = Uint8Array.from(
            { length: 40 * 40 },
            () => random.integer(128) + (label === 'dark' ? 0 : 128),
          );
          await sharp(data, { raw: { width: 40, height: 40, channels: 1 } })
            .png()
            .toFile(join(home, 'pictures', split, label, `${i}.png`));
        }
      }
    }
    const labels = { weight: 1, hidden: 4 };
    const of = { dataset: undefined, labels };
    const first = put('labels', 'image-tokenizer-64', { ...of, labels: { ...labels, alone: true } });
    await train('image-tokenizer', first, 'labels', '--pictures', 'pictures');
    await train('image-tokenizer', first, 'labels-parts', '--pictures', 'pictures', '--until', '2');
    await train('image-tokenizer', first, 'labels-parts', '--pictures', 'pictures', '--resume');
    expect(await weights('labels-parts')).toEqual(await weights('labels'));
    const line = JSON.parse(readFileSync(join(home, 'labels/log.jsonl'), 'utf8').split('\n')[0]);
    expect(line.label).toBeGreaterThan(0);
    expect(line.reconstruction).toBeUndefined();

    const then = put('both', 'image-tokenizer-64', { ...of, start: 'labels', pictures: 'pictures' });
    await train('image-tokenizer', then, 'both');
    const both = JSON.parse(readFileSync(join(home, 'both/log.jsonl'), 'utf8').split('\n')[0]);
    expect(both).toMatchObject({ label: expect.any(Number), reconstruction: expect.any(Number) });
    const [before, after] = [await weights('labels'), await weights('both')];
    // What reads the labels goes on too: it was trained for two steps, and starts at zero.
    const head = (state: StateDict) => state['loss.labels.out.weight'].data.map(Math.abs);
    expect(Math.max(...head(before))).toBeGreaterThan(0);
    expect(Math.max(...head(after))).toBeGreaterThan(1.2 * Math.max(...head(before)));
    expect(after['decoder.conv_in.weight']).not.toEqual(before['decoder.conv_in.weight']);

    const last = put('encoder', 'image-tokenizer-64', { ...of, start: 'both', encoderOnly: true });
    await train('image-tokenizer', last, 'encoder', '--pictures', 'pictures');
    const end = await weights('encoder');
    for (const name of ['decoder.conv_in.weight', 'quantize.embedding.weight']) {
      expect(end[name]).toEqual(after[name]);
    }
    expect(end['encoder.conv_in.weight']).not.toEqual(after['encoder.conv_in.weight']);
  }, 120_000);

  it('says which settings do not go together, and what has no labels', async () => {
    const refused = async (changes: object, sources: object = {}) => {
      const prepared = await preparePart('image-tokenizer', put('refused', 'image-tokenizer-64', changes), {
        ...{ out: home, data: () => ({ mnist: 'none', fsdd: 'none' }) },
        ...sources,
      });
      await prepared.run({ store: new FileCheckpointStore(join(home, 'none')), fingerprint: '' });
    };
    await expect(refused({ encoderOnly: true })).rejects.toThrow(/name its folder in "start"/);
    await expect(refused({ labels: { alone: true }, encoderOnly: true, start: 'whole' })).rejects.toThrow(
      /"labels.alone" trains without the decoder/,
    );
    await expect(refused({ decoderOnly: true, start: 'whole', labels: {} })).rejects.toThrow(
      /"decoderOnly" leaves the encoder as it is/,
    );
    await expect(refused({}, { pictures: join(home, 'media') })).rejects.toThrow(/leave out one of the two/);
    await expect(refused({ dataset: undefined }, { pictures: join(home, 'media') })).rejects.toThrow(
      /There are no pictures in/,
    );
    mkdirSync(join(home, 'one'));
    for (const name of ['a', 'b', 'c']) {
      await sharp(new Uint8Array(784), { raw: { width: 28, height: 28, channels: 1 } })
        .png()
        .toFile(join(home, 'one', `${name}.png`));
    }
    await expect(
      refused({ dataset: undefined, labels: {} }, { pictures: join(home, 'one') }),
    ).rejects.toThrow(/"labels" needs two classes or more to tell apart, and there are 0/);
    await expect(
      preparePart('audio-tokenizer', put('refused', 'audio-tokenizer-256'), {
        ...{ out: home, pictures: 'one', data: () => ({ mnist: 'none', fsdd: 'none' }) },
      }),
    ).rejects.toThrow(/--pictures is for an image tokenizer/);
  }, 120_000);

  it('compares mel spectrograms by the features of a classifier', async () => {
    const classifiers = ['evaluate', '--train-classifiers', '--dataset', 'media', '--out', 'judges'];
    const made = await visualEchoes([...classifiers, '--steps', '1'], { cwd: home });
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const preprocessing = { type: 'clip', sampleRate: 8000, seconds: 1 };
    const perceptual = { classifiers: 'judges', weight: 0.5 };
    const config = put('heard', 'audio-tokenizer-256', { preprocessing, perceptual });
    await train('audio-tokenizer', config, 'heard');
    const lines = readFileSync(join(home, 'heard/log.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0]).perceptual).toBeGreaterThan(0);
  }, 120_000);

  it('refuses what is for digits', async () => {
    const config = put('digits', 'image-tokenizer-64', { augmentation: { scale: 0.08 } });
    const outcome = await visualEchoes(['train', 'image-tokenizer', '--config', config, '--out', 'digits'], {
      cwd: home,
    });
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toMatch(/"augmentation.scale" does not go with pictures of a dataset or folder/);
  }, 120_000);

  it('hears the whole of a clip', async () => {
    const preprocessing = { type: 'clip', sampleRate: 8000, seconds: 1 };
    const augmentation = { shiftFrames: 4, stretch: 0.1, mix: {}, gain: 3, noise: 1 };
    const config = put('audio', 'audio-tokenizer-256', { preprocessing, augmentation, balance: true });
    await train('audio-tokenizer', config, 'audio');
    const lines = readFileSync(join(home, 'audio/log.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0]).dataMilliseconds).toBeGreaterThan(0);
  }, 120_000);

  it('refuses an augmentation before an engine is chosen', async () => {
    const prepare = (part: string, config: string) =>
      preparePart(part, config, { out: home, data: () => ({ mnist: 'none', fsdd: 'none' }) });
    const refused = (part: string, digits: string, changes: object) =>
      expect(prepare(part, put('refused', digits, changes))).rejects;
    const ofDigits = { augmentation: { speeds: [0.9, 1.1] } };
    const ofDatasets = { augmentation: { mirror: 0.5 }, dataset: undefined };
    await refused('audio-tokenizer', 'audio-tokenizer-256', ofDigits).toThrow(
      /"augmentation.speeds" does not go with the mel spectrograms of a dataset/,
    );
    await refused('image-tokenizer', 'image-tokenizer-64', ofDatasets).toThrow(
      /"augmentation.mirror" does not go with MNIST/,
    );
    await refused('audio-tokenizer', 'audio-tokenizer-256', {
      augmentation: { gain: 3, noise: 1 },
      dataset: undefined,
    }).toThrow(/"augmentation.noise" does not go with spoken digits/);
  });

  it('needs pictures and mel spectrograms', async () => {
    const prepare = (config: string, dataset?: string) =>
      preparePart('image-tokenizer', config, { out: home, dataset, data: () => expect.fail('not of MNIST') });
    const splits = { validation: 'held' };
    await expect(prepare(put('wrong', 'image-tokenizer-64', { splits }))).rejects.toThrow(
      /media has 0 clips of the split "held"/,
    );
    await expect(prepare(put('wrong', 'image-tokenizer-64'), 'nowhere')).rejects.toThrow(/does not exist/);
  });
});
