import { appendFile, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CancelledError,
  ConfigurationError,
  FileAccessError,
  InvalidInputError,
  Random,
} from '@visual-echoes/core';
import { MEL_DIGITS, MelSpectrogram, writeWav } from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divideFiles } from '../files/divide-files.js';
import { listSounds } from '../files/list-files.js';
import { keepFrames } from '../training/keep-frames.js';
import { readMono } from './read-mono.js';
import { SoundCache } from './sound-cache.js';
import { SoundExcerpts } from './sound-excerpts.js';
import { wantedSounds } from './wanted-sounds.js';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sounds-'));
});
afterAll(() => rm(home, { recursive: true }));

const tone = (samples: number, level = 0.5, step = 0.1) =>
  Float32Array.from({ length: samples }, (_, i) => level * Math.sin(i * step));

async function put(path: string, samples: Float32Array, sampleRate = 8000): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), writeWav({ sampleRate, channels: [samples, samples] }));
}

/** 32-bit floats, the last of which is none. */
async function putNan(path: string): Promise<void> {
  const bytes = Buffer.from(
    writeWav({ sampleRate: 8000, channels: [new Float32Array(8)] }, { bitDepth: 'float' }),
  );
  bytes.writeFloatLE(Number.NaN, bytes.length - 4);
  await writeFile(join(home, path), bytes);
}

describe('the sounds of a folder', () => {
  it('are listed by split and class, and are held back by split', async () => {
    for (const path of ['train/dog/a.wav', 'train/dog/b.wav', 'val/dog/c.wav', 'val/sea/d.wav', 'test/e.wav'])
      await put(`splits/${path}`, tone(100));
    await writeFile(join(home, 'splits/train/dog/notes.txt'), 'none');
    const sounds = await listSounds(join(home, 'splits'));
    expect(sounds.map(({ id, label, split }) => [id, label, split])).toEqual([
      ['test/e.wav', null, 'test'],
      ['train/dog/a.wav', 'dog', 'train'],
      ['train/dog/b.wav', 'dog', 'train'],
      ['val/dog/c.wav', 'dog', 'val'],
      ['val/sea/d.wav', 'sea', 'val'],
    ]);
    const { train, heldBack } = divideFiles('it', sounds, {
      what: 'sounds',
      splits: { train: 'train' },
      share: 0.9,
      seed: 1,
    });
    expect(train.map(({ id }) => id)).toEqual(['train/dog/a.wav', 'train/dog/b.wav']);
    expect(heldBack.map(({ id }) => id)).toEqual(['val/dog/c.wav', 'val/sea/d.wav']);
  });

  it('are held back by share where there are no splits, always the same, and never all', async () => {
    const sounds = Array.from({ length: 20 }, (_, i) => ({
      ...{ id: `${i}.wav`, label: null, split: 'train', path: '', bytes: 1, modified: 1 },
    }));
    const divide = (count: number, share: number, seed = 1) =>
      divideFiles('it', sounds.slice(0, count), { what: 'sounds', splits: { train: 'train' }, share, seed });
    const { train, heldBack } = divide(20, 0.1);
    expect([train.length, heldBack.length]).toEqual([18, 2]);
    expect(divide(20, 0.1)).toEqual({ train, heldBack });
    expect(divide(20, 0.1, 2)).not.toEqual({ train, heldBack });
    expect(divide(2, 0.99).train).toHaveLength(1);
    expect(() => divide(1, 0.1)).toThrow(/it has 1 sounds .* Add sounds/);
  });

  it('say where there are none', async () => {
    await mkdir(join(home, 'empty'));
    await expect(listSounds(join(home, 'empty'))).rejects.toThrow(ConfigurationError);
    await expect(listSounds(join(home, 'nowhere'))).rejects.toThrow(FileAccessError);
  });

  it('are read as one channel of the rate, or refused by name', async () => {
    await put('mono/a.wav', tone(441), 44_100);
    expect(await readMono(join(home, 'mono/a.wav'), 22_050)).toHaveLength(221);
    await put('mono/none.wav', tone(0));
    await putNan('mono/nan.wav');
    await writeFile(join(home, 'mono/text.wav'), 'no sound');
    for (const name of ['none', 'nan', 'text']) {
      const read = readMono(join(home, `mono/${name}.wav`), 8000);
      await expect(read).rejects.toThrow(InvalidInputError);
      await expect(read).rejects.toThrow(new RegExp(`${name}\\.wav`));
    }
  });
});

describe('SoundCache', () => {
  const filled = async (folder: string, options: { signal?: AbortSignal } = {}) =>
    SoundCache.fill(join(home, 'cache'), await listSounds(join(home, folder)), {
      sampleRate: 8000,
      ...options,
    });

  it('keeps what sounds are, loud or quiet, and lists what cannot be read', async () => {
    await put('kept/loud.wav', tone(900));
    await put('kept/quiet.wav', tone(500, 1e-3));
    await writeFile(join(home, 'kept/none.wav'), 'no sound');
    const cache = await filled('kept');
    expect(cache.sounds.map(({ id, samples }) => [id, samples])).toEqual([
      ['loud.wav', 900],
      ['quiet.wav', 500],
    ]);
    expect(cache.failures).toMatchObject([{ input: 'none.wav', error: expect.stringMatching(/none\.wav/) }]);
    for (const sound of cache.sounds) {
      const there = await readMono(join(home, 'kept', sound.id), 8000);
      const kept = await cache.read(sound, 100, 300);
      const furthest = Math.max(...kept.map((value, i) => Math.abs(value - there[100 + i])));
      expect(furthest).toBeLessThanOrEqual(sound.peak / 60_000); // half a step of 16 bits
    }
  });

  it('is made once, and anew where a sound changed or a file is cut off', async () => {
    const samples = join(home, 'cache/00000.bin');
    const before = (await stat(samples)).mtimeMs;
    const shares: number[] = [];
    const files = await listSounds(join(home, 'kept'));
    await SoundCache.fill(join(home, 'cache'), files, {
      sampleRate: 8000,
      onProgress: (x) => shares.push(x),
    });
    expect((await stat(samples)).mtimeMs).toBe(before);
    expect(shares).toEqual([1]);
    await truncate(samples, 100);
    expect((await filled('kept')).sounds).toHaveLength(2);
    expect((await stat(samples)).size).toBe(2 * 1400);
    await appendFile(join(home, 'kept/none.wav'), '!');
    await put('kept/quiet.wav', tone(600, 1e-3));
    expect((await filled('kept')).sounds[1].samples).toBe(600);
  });

  it('ends where it is interrupted, or where nothing can be read', async () => {
    await put('stopped/a.wav', tone(100));
    await expect(filled('stopped', { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    await mkdir(join(home, 'broken'));
    await writeFile(join(home, 'broken/a.wav'), 'no sound');
    await expect(filled('broken')).rejects.toThrow(/None of 1 sounds can be read\. .*a\.wav/);
  });
});

describe('SoundExcerpts', () => {
  const mel = { ...MEL_DIGITS, firstFrames: null };
  const noise = new Random(1).uniforms(4000, -0.4, 0.4);
  const of = (sounds: readonly Float32Array[]) =>
    [
      {
        read: async ({ shard }: { shard: number }, from: number, to: number) => sounds[shard].slice(from, to),
      },
      sounds.map((samples, shard) => ({ id: `${shard}`, samples: samples.length, peak: 1, shard, first: 0 })),
    ] as const;
  /** The mel spectrogram of a whole sound at the sample where the excerpt begins. */
  const placed = (sound: Float32Array, piece: Float32Array, factor = 1) => {
    const at = sound.findIndex((_, i) =>
      piece.every((x, j) => Math.abs(x - factor * (sound[i + j] ?? 0)) < 1e-6),
    );
    return {
      at,
      whole: at % 128 === 0 ? new MelSpectrogram(mel).forward(sound.map((x) => x * factor)) : undefined,
    };
  };

  it('are mels of what the wave is, at its ends as in the whole mel spectrogram', async () => {
    for (const length of [1024, 1152]) {
      const sound = noise.slice(0, length);
      const source = new SoundExcerpts(...of([sound]), { mel, frames: 8 });
      const random = new Random(2);
      let compared = 0;
      for (let i = 0; i < 200 && compared < 2; i++) {
        const excerpt = await source.draw(random);
        const { at, whole } = placed(sound, excerpt.samples);
        expect(at).toBeGreaterThanOrEqual(0);
        if (!whole) continue;
        compared++;
        const wanted = keepFrames(whole, at / 128, 8);
        const furthest = Math.max(...excerpt.mel.data.map((x, i) => Math.abs(x - wanted.data[i])));
        expect(furthest).toBeLessThan(1e-5);
      }
      expect(compared).toBeGreaterThan(0);
    }
  });

  it('vary by level, sign and another sound, never beyond full scale, by the random numbers alone', async () => {
    const augmentation = {
      gain: 20,
      polarity: true,
      mix: { probability: 0.5, level: [-6, 0] as [number, number] },
    };
    const source = new SoundExcerpts(...of([noise, tone(3000)]), { mel, frames: 8, augmentation });
    const draw = async (seed: number) => {
      const random = new Random(seed);
      const drawn = [];
      for (let i = 0; i < 12; i++) drawn.push(await source.draw(random));
      return drawn;
    };
    const drawn = await draw(3);
    expect(await draw(3)).toEqual(drawn);
    expect(await draw(4)).not.toEqual(drawn);
    for (const { samples, mel: own } of drawn) {
      expect(Math.max(...samples.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
      expect([own.bands, own.frames, samples.length]).toEqual([64, 8, 1024]);
    }
  });

  it('seek what is heard, and follow short sounds by silence', async () => {
    const padded = new Float32Array(8000);
    padded.set(tone(2000), 3000);
    const random = new Random(5);
    const source = new SoundExcerpts(...of([padded]), { mel, frames: 8 });
    let heard = 0;
    for (let i = 0; i < 50; i++) heard += Number((await source.draw(random)).samples.some((x) => x !== 0));
    expect(heard).toBeGreaterThan(40); // 22 by chance
    const short = new SoundExcerpts(...of([tone(50)]), { mel, frames: 8 });
    const { samples } = await short.draw(random);
    expect(samples.slice(0, 50)).toEqual(tone(50));
    expect(samples.slice(50).every((x) => x === 0)).toBe(true);
  });

  it('need centred frames', () => {
    const wrong = () => new SoundExcerpts(...of([noise]), { mel: { ...mel, center: false }, frames: 8 });
    expect(wrong).toThrow(ConfigurationError);
  });
});

it('wants whole frames of what is heard', () => {
  const named = [tone(1000), new Float32Array(500), tone(100)].map((samples, i) => ({ id: `${i}`, samples }));
  const { ids, recordings, mels } = wantedSounds(named, MEL_DIGITS, { leastSamples: 300 });
  expect(ids).toEqual(['0', '2']);
  expect(recordings.map(({ length }) => length)).toEqual([7 * 128, 3 * 128]);
  expect(mels.map(({ frames }) => frames)).toEqual([7, 3]);
  expect(() => wantedSounds(named.slice(1, 2), MEL_DIGITS, { leastSamples: 300 })).toThrow(InvalidInputError);
});
