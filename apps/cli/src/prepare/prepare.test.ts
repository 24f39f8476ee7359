import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Random, readNpy } from '@visual-echoes/core';
import { writeWav } from '@visual-echoes/vq-audio';
import sharp from 'sharp';
import { selectBackend } from 'visual-echoes/node';
import { tinyManifest, writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import type { ClipMedia } from '../dataset/clip-media.js';
import { openDataset } from '../dataset/read-dataset.js';
import { openTokenDataset } from '../dataset/read-token-dataset.js';
import { readVideo } from '../media/read-video.js';
import { hasFfmpeg, makeVideo } from '../media/video.test.helper.js';
import { fitPicture } from './fit-picture.js';

let home: string;
const at = (path: string) => join(home, path);
const prepare = (...args: string[]) => visualEchoes(['prepare', ...args], { cwd: home });

function put(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
}

beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'prepare-'));
  await selectBackend({ prefer: 'wasm' });
  await writeModel('model');
  await writeModel('other', 2);
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A model of colour pictures of 32 × 32 and clips of 1.1 seconds. */
async function writeModel(name: string, seed = 1): Promise<void> {
  const { image, audio, transformer } = tinyManifest().parts;
  const { ddconfig } = image.configuration;
  await writeTinyModel(at(name), {
    seed,
    manifest: {
      parts: {
        image: {
          ...image,
          configuration: { ...image.configuration, ddconfig: { ...ddconfig, in_channels: 3, out_ch: 3 } },
          picture: { width: 32, height: 32, channels: 3 },
          preprocessing: { type: 'cover' },
        },
        audio: { ...audio, preprocessing: { type: 'clip', sampleRate: 8000, seconds: 1.1 } },
        transformer,
      },
    },
  });
}

/** All files of a folder by name. */
const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(at(folder)).map((name) => [name, readFileSync(at(`${folder}/${name}`), 'base64')]),
  );

async function rowsOf(folder: string): Promise<Record<string, ClipMedia>> {
  const dataset = await openDataset(at(folder));
  if (dataset.holds !== 'media') throw new Error('not media');
  const rows: Record<string, ClipMedia> = {};
  for (const { file } of dataset.shards) for await (const row of dataset.rows(file)) rows[row.id] = row;
  return rows;
}

const picture = (hue: number, side = 40) =>
  sharp({ create: { width: side, height: side, channels: 3, background: `hsl(${hue}, 80%, 50%)` } })
    .png()
    .toBuffer();
const sound = (seconds: number, hz = 440) =>
  writeWav({
    sampleRate: 8000,
    channels: [Float32Array.from({ length: 8000 * seconds }, (_, i) => 0.3 * Math.sin((hz * i) / 1273))],
  });

describe('prepare, of pictures and sounds', () => {
  it('makes pictures and mels of pairs, and tokens of them at once or later', async () => {
    for (const [i, name] of ['cat/a', 'cat/b', 'dog/c', 'test/dog/d'].entries()) {
      put(`pairs/${name}.png`, await picture(90 * i));
      put(`pairs/${name}.wav`, sound(1.5, 300 + 200 * i));
    }
    put('pairs/dog/alone.wav', sound(1));
    put('pairs/dog/notes.txt', 'nothing');
    const small = ['--picture', '32', '--duration', '1', '--encoding', 'png', '--shard', '2'];
    const made = await prepare('pairs', '--out', 'media', ...small, '--json');
    expect(made).toMatchObject({ code: 1 }); // a clip failed
    expect(JSON.parse(made.stdout)).toMatchObject({
      ...{ out: 'media', holds: 'media', clips: 4, failed: 1, labels: 2, shards: 3 },
      splits: { test: 1, train: 3 },
    });
    expect(
      readFileSync(at('media/failed.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: 'dog/alone.wav', input: 'pairs/dog/alone.wav', reason: expect.stringMatching(/no picture/) },
    ]);
    const rows = await rowsOf('media');
    expect(Object.keys(rows)).toEqual(['test/dog/d.wav', 'cat/a.wav', 'cat/b.wav', 'dog/c.wav']);
    const { label, split, frames, mel } = rows['cat/b.wav'];
    expect([label, split, frames.length, mel.bands, mel.frames]).toEqual(['cat', 'train', 1, 80, 80]);
    const decoded = await sharp(frames[0]).raw().toBuffer({ resolveWithObject: true });
    expect(decoded.info).toMatchObject({ width: 32, height: 32, channels: 3 });

    // The tokens of a model at once, and from a dataset in its form.
    const direct = await prepare(
      'pairs',
      '--out',
      'tokens',
      '--model',
      'model',
      '--shard',
      '2',
      '--augment',
      '2',
    );
    expect(direct).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/1 of 5 failed: tokens\/failed\.jsonl/),
    });
    const tokens = await openTokenDataset(at('tokens'));
    expect(tokens.fields).toEqual([
      { name: 'image', grid: [8, 8], vocabulary: 16 },
      { name: 'audio', grid: [8, 8], vocabulary: 24 },
    ]);
    expect(tokens.labels).toEqual(['cat', 'dog']);
    expect([tokens.count('train'), tokens.count('test')]).toEqual([3, 1]);
    const [first] = await tokens.read('train-00000.parquet');
    expect(first).toMatchObject({ id: 'cat/a.wav', label: 'cat', split: 'train' });
    expect(first.frames).toHaveLength(3); // as it is, and two variants

    const two = ['--image-tokenizer', 'other', '--audio-tokenizer', 'model'];
    expect(await prepare('media', '--out', 'later', ...two)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /mel spectrograms of media have sampleRate 22050, and the tokenizer takes 8000/,
      ),
    });
    expect(await prepare('media', '--out', 'later')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is prepared already\. To make tokens of it, add --model/),
    });
    expect(await prepare('tokens', '--out', 'later', '--model', 'model')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/holds tokens already/),
    });
  }, 120_000);

  it('makes the same tokens of prepared pictures as of the sources', async () => {
    // A model that takes what is prepared where no model is named.
    const { image, audio, transformer } = tinyManifest().parts;
    const { configuration } = JSON.parse(readFileSync(at('model/visual-echoes.json'), 'utf8')).parts.image;
    await writeTinyModel(at('paper'), {
      manifest: {
        parts: {
          image: {
            ...image,
            configuration,
            picture: { width: 32, height: 32, channels: 3 },
            preprocessing: { type: 'cover' },
          },
          audio: {
            ...audio,
            mel: {
              ...JSON.parse(readFileSync(at('media/dataset.json'), 'utf8')).mel.configuration,
              frames: 80,
            },
            preprocessing: { type: 'clip', sampleRate: 22_050, seconds: 1 },
          },
          transformer,
        },
      },
    });
    expect((await prepare('pairs', '--out', 'direct', '--model', 'paper', '--shard', '2')).code).toBe(1);
    expect(await prepare('media', '--out', 'later', '--model', 'paper')).toMatchObject({ code: 0 });
    const [direct, later] = await Promise.all(['direct', 'later'].map((name) => openTokenDataset(at(name))));
    expect(later.shards('train').map(({ file }) => file)).toEqual([
      'train-00000.parquet',
      'train-00001.parquet',
    ]);
    expect(later.count('train')).toBe(3);
    const all = async (dataset: typeof direct) =>
      (await Promise.all(dataset.shards('train').map(({ file }) => dataset.read(file)))).flat();
    // The pictures are PNG; a mel in half precision gives now and then another code (2 % at most of so noisy a network).
    const [a, b] = [await all(direct), await all(later)];
    expect(b.map(({ id, frames }) => ({ id, frames }))).toEqual(a.map(({ id, frames }) => ({ id, frames })));
    const differing = a.flatMap(({ audio }, i) => [...audio].filter((token, at) => token !== b[i].audio[at]));
    expect(differing.length).toBeLessThanOrEqual(0.02 * 3 * a[0].audio.length);
  }, 120_000);

  it('adds variants of what is trained on, as rows of their own', async () => {
    put('varied.json', JSON.stringify({ frames: { mirror: 0.5, brightness: 0.5 }, mels: { gain: 20 } }));
    const varied = ['--model', 'paper', '--variants', '2', '--augmentation', 'varied.json'];
    expect(await prepare('media', '--out', 'varied', ...varied)).toMatchObject({ code: 0 });
    const dataset = await openTokenDataset(at('varied'));
    expect([dataset.count('train'), dataset.count('test')]).toEqual([9, 1]);
    const rows = await dataset.read('train-00000.parquet');
    const ids = ['cat/a.wav', 'cat/b.wav'].flatMap((id) => [id, `${id}~1`, `${id}~2`]);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    const plain = await (await openTokenDataset(at('later'))).read('train-00000.parquet');
    expect(rows.filter((_, i) => i % 3 === 0)).toEqual(plain);
    expect(rows[1].audio).not.toEqual(rows[0].audio);
    expect(rows[1].frames).toHaveLength(rows[0].frames.length);
    expect(await prepare('media', '--out', 'varied', ...varied, '--seed', '1')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was made with settings\.variants\.seed 0, not 1/),
    });
    for (const [args, reason] of [
      [['--variants', '2'], /needs --augmentation FILE/],
      [['--augmentation', 'varied.json'], /Nothing is varied by varied\.json; add --variants/],
      [['--variants', '2000', '--augmentation', 'varied.json'], /1000 at most, not 2000/],
      [['--variants', '2', '--augmentation', 'model/visual-echoes.json'], /visual-echoes\.json/],
    ] as const) {
      const refused = await prepare('media', '--out', 'refused', '--model', 'paper', ...args);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(reason) });
    }
    expect(existsSync(at('refused'))).toBe(false);
  }, 120_000);

  it('goes on only with the same settings and clips, and refuses what cannot be', async () => {
    for (const i of [1, 2]) {
      put(`few/${i}.png`, await picture(50 * i));
      put(`few/${i}.wav`, sound(1));
    }
    const few = (...args: string[]) =>
      prepare('few', '--out', 'few-made', '--duration', '1', '--picture', '16', ...args);
    expect(await few()).toMatchObject({
      code: 0,
      stdout: '2 clips (train 2) as pictures and mel spectrograms in few-made\n',
    });
    const before = filesOf('few-made');
    expect((await few()).code).toBe(0);
    expect(filesOf('few-made')).toEqual(before);
    rmSync(at('few-made/train-00000.parquet'));
    expect((await few()).code).toBe(0);
    expect(filesOf('few-made')).toEqual(before);
    const refused: [string[], RegExp][] = [
      [['--frames', '3'], /few-made was made with settings\.frames 10, not 3\. Name another folder/],
      [['--seed', '3'], /was made with seed 0, not 3/],
      [
        ['--model', 'model', '--picture', '32', '--duration', '1.1'],
        /was made with holds "media", not "tokens"/,
      ],
      [['--model', 'model', '--duration', '1.1'], /takes pictures of 32×32; leave out --picture 16/],
      [['--image-tokenizer', 'model'], /There is no audio tokenizer; name one with --audio-tokenizer/],
      [['--clips', 'few'], /--clips names the clips of VGGSound's list/],
      [['--kind', 'vggsound'], /is a list of clips; name the folder of the clips with --clips/],
      [['--kind', 'videos'], /There are no clips in few/],
      [['--frames', '101'], /--frames is 100 at most, not 101/],
    ];
    for (const [args, message] of refused) {
      expect(await few(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
    }
    put('few/3.png', await picture(1));
    put('few/3.wav', sound(1));
    expect((await few()).stderr).toMatch(/was made with other clips: those of its source have changed since/);
    expect(filesOf('few-made')).toEqual(before);
    expect((await few('--frames', 'x')).code).toBe(2);
    expect((await few('--frames', 'x')).stderr).toMatch(/must be a whole number/);
  }, 120_000);

  it('says that there is nothing to prepare', async () => {
    put('texts/a.txt', 'hello');
    mkdirSync(at('nothing'));
    put('lies/a.mp4', 'hello');
    put('lies/b.mp4', '');
    for (const [source, message] of [
      ['texts', /^error: There are no videos, and no pictures and sounds, in texts; check the path\.\n$/],
      ['nothing', /^error: There are no videos/],
      ['absent', /^error: Cannot read absent: it does not exist/],
    ] as const) {
      expect(await prepare(source, '--out', 'never')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(message),
      });
    }
    expect(existsSync(at('never'))).toBe(false);
    if (!hasFfmpeg) return;
    const outcome = await prepare('lies', '--out', 'lies-made', '--json');
    expect(outcome.stderr).toMatch(
      /None of the 2 clips of lies could be prepared, the first since: lies\/a\.mp4 is no video/,
    );
    expect(JSON.parse(outcome.stdout).error.code).toBe('invalid-input');
    expect(readFileSync(at('lies-made/failed.jsonl'), 'utf8')).toMatch(/lies\/b\.mp4 is empty/);
  }, 60_000);

  it('goes through a long list without its clips in little memory', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `id-${i},${i % 300},"label ${i % 309}",${i % 10 ? 'train' : 'test'}`,
    );
    put('long.csv', `${lines.join('\n')}\nnot a line\n`);
    mkdirSync(at('no-clips'));
    const outcome = await visualEchoes(['prepare', 'long.csv', '--clips', 'no-clips', '--out', 'long'], {
      cwd: home,
      env: { NODE_OPTIONS: '--max-old-space-size=80' }, // MiB of heap, 40 of which are the program
    });
    expect(outcome.stderr).toMatch(/None of the 100001 clips/);
    expect(readFileSync(at('long/failed.jsonl'), 'utf8').split('\n')).toHaveLength(100_002);
  }, 180_000);
});

describe.skipIf(!hasFfmpeg)('prepare, of videos', () => {
  const small = ['--frames', '3', '--picture', '32', '--duration', '1', '--shard', '2'];

  beforeAll(() => {
    mkdirSync(at('videos/dog'), { recursive: true });
    for (let i = 0; i < 6; i++) {
      makeVideo(at(`videos/${i % 2 ? 'dog/' : ''}${i}.mp4`), { seconds: 1, rate: 10 + i, size: '64x48' });
    }
    put('videos/broken.mp4', readFileSync(at('videos/0.mp4')).subarray(0, 400));
    put('videos/dog/notes.txt', 'nothing');
  });

  let reference: Record<string, string>;

  it('lists what fails and makes the rest', async () => {
    const made = await prepare('videos', '--out', 'made', ...small);
    expect(made.code).toBe(1);
    expect(made.stdout).toBe('6 clips (train 6), 1 class as pictures and mel spectrograms in made\n');
    expect(made.stderr).toMatch(/^error: videos\/broken\.mp4 .*\n1 of 7 failed: made\/failed\.jsonl\n$/);
    reference = filesOf('made');
    expect(Object.keys(reference)).toEqual([
      'dataset.json',
      'failed.jsonl',
      ...[0, 1, 2, 3].map((i) => `train-0000${i}.parquet`),
    ]);
    const rows = await rowsOf('made');
    expect(Object.keys(rows)).toEqual(['0.mp4', '2.mp4', '4.mp4', 'dog/1.mp4', 'dog/3.mp4', 'dog/5.mp4']);
    expect(rows['dog/3.mp4'].label).toBe('dog');
  }, 60_000);

  it('gives the same bytes however often it is killed', async () => {
    const command = fileURLToPath(new URL('../../bin/visual-echoes.js', import.meta.url));
    const random = new Random(20);
    const started = performance.now();
    const run = () =>
      spawn(process.execPath, [command, 'prepare', 'videos', '--out', 'killed', ...small], { cwd: home });
    const whole = await new Promise<number>((resolve) => {
      const begun = performance.now();
      run().on('close', () => resolve(performance.now() - begun));
    });
    let kills = 0;
    let partly = 0;
    while (kills < 20 && performance.now() - started < 50_000) {
      const child = run();
      const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
      await Promise.race([closed, sleep(whole * random.uniform(0.2, 1.2))]);
      child.kill('SIGKILL');
      if ((await closed) !== null) {
        // It was done before it was killed.
        expect(filesOf('killed')).toEqual(reference);
        rmSync(at('killed'), { recursive: true });
        continue;
      }
      kills++;
      if (existsSync(at('killed/dataset.json'))) partly++;
    }
    console.log(`Killed ${kills} times, ${partly} of them within the work.`);
    expect((await prepare('videos', '--out', 'killed', ...small)).code).toBe(1);
    expect(filesOf('killed')).toEqual(reference);
  }, 120_000);

  it('shares the work of one folder between processes, and stops at Ctrl-C', async () => {
    const both = await Promise.all([1, 2, 3].map(() => prepare('videos', '--out', 'shared', ...small)));
    for (const outcome of both)
      expect(outcome).toMatchObject({ code: 1, stdout: expect.stringMatching(/^6 clips/) });
    expect(filesOf('shared')).toEqual(reference);

    const outcome = await visualEchoes(
      ['prepare', 'videos', '--out', 'tokens-of', '--model', 'model', ...small.slice(0, 2)],
      {
        cwd: home,
        interruptAt: /wasm/, // the line about the engine
      },
    );
    expect(outcome).toMatchObject({ code: 130, stderr: expect.stringMatching(/Interrupted/) });
    expect(readdirSync(at('tokens-of')).filter((name) => !/\.(json|parquet)$/.test(name))).toEqual([]);
  }, 120_000);

  it('takes VGGSound’s list', async () => {
    mkdirSync(at('clips'));
    copyFileSync(at('videos/0.mp4'), at('clips/abc_000030.mp4'));
    copyFileSync(at('videos/2.mp4'), at('clips/-def_5000_15000.mp4'));
    put('vgg.csv', 'abc,30,"dog, barking",train\nghi,1,cat,test\nonly three,1,cat\n-def,5,cat,test\n');
    const made = await prepare('vgg.csv', '--clips', 'clips', '--out', 'vgg', ...small);
    expect(made).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^2 clips \(test 1, train 1\), 2 classes/),
    });
    expect(
      readFileSync(at('vgg/failed.jsonl'), 'utf8')
        .split('\n')
        .map((line) => line && JSON.parse(line).input),
    ).toEqual(['vgg.csv:2', 'vgg.csv:3', '']);
    expect(Object.values(await rowsOf('vgg')).map(({ id, label }) => [id, label])).toEqual([
      ['-def_000005', 'cat'],
      ['abc_000030', 'dog, barking'],
    ]);
  }, 60_000);
});

const vggsound = fileURLToPath(new URL('../../../../../shared/data/vggsound-clips/video', import.meta.url));
const hasClips = hasFfmpeg && existsSync(vggsound);
if (!hasClips) console.log(`Real clips are not tested: there are none in ${vggsound}.`);

describe.skipIf(!hasClips)('prepare, of VGGSound’s clips', () => {
  it('gives what the commands for single files give', async () => {
    symlinkSync(vggsound, at('real'));
    const made = await prepare('real', '--out', 'real-made', '--encoding', 'png');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^12 clips/) });
    const mel = await visualEchoes(['mel', 'real', '--preset', 'specvqgan', '--clip', '--out', 'mels'], {
      cwd: home,
    });
    expect(mel.code).toBe(0);
    const rows = Object.values(await rowsOf('real-made'));
    expect(rows.reduce((sum, { frames }) => sum + frames.length, 0)).toBe(120);
    for (const { id, mel } of rows) {
      const { data, shape } = readNpy(readFileSync(at(`mels/${id.replace('.mp4', '.mel.npy')}`)));
      expect(shape).toEqual([80, 848]);
      let worst = 0;
      for (let i = 0; i < data.length; i++) worst = Math.max(worst, Math.abs(Number(data[i]) - mel.data[i]));
      expect(worst).toBeLessThanOrEqual(2 ** -12); // half precision's own, of values up to 1
    }
    // A clip's first half alone: its first frame, at 0.5 s, is that of five from five seconds.
    const [{ id, frames }] = rows;
    const { frames: five } = await readVideo(join(vggsound, id), { frames: 5, duration: 5 });
    const fitted = await fitPicture(five[3], { width: 256, height: 256, channels: 3 });
    const { data } = await sharp(frames[3]).raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(data, fitted.data)).toBe(0);
  }, 300_000);
});
