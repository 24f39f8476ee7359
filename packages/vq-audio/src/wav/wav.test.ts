import { InvalidInputError, Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { toMono } from './waveform.js';
import { type WavBitDepth, writeWav } from './write-wav.js';

const noise = (seed: number, n = 1001) => new Random(seed).uniforms(n, -0.99, 0.99);

describe('writeWav and readWav', () => {
  it.each<[WavBitDepth, number]>([
    [8, 1 / 128],
    [16, 1 / 0x8000],
    [24, 1 / 0x800000],
    [32, 6e-8], // float32's own step
    ['float', 0],
  ])('round-trips %s bits of three channels to half a step', (bitDepth, step) => {
    const channels = [noise(1), noise(2), noise(3)];
    const back = readWav(writeWav({ sampleRate: 44100, channels }, { bitDepth }));
    expect(back.sampleRate).toBe(44100);
    expect(back.channels).toHaveLength(3);
    back.channels.forEach((channel, c) => {
      expect(channel).toHaveLength(1001);
      channel.forEach((x, i) => {
        expect(Math.abs(x - channels[c][i])).toBeLessThanOrEqual(step * 0.5001);
      });
    });
  });

  it('clips, and gives 16-bit samples back exactly', () => {
    const samples = Float32Array.of(-2, -1, -0.5, 0, 1 / 0x8000, 0.5, 1, 2);
    const once = readWav(writeWav({ sampleRate: 8000, channels: [samples] })).channels[0];
    const largest = 0x7fff / 0x8000;
    expect([...once]).toEqual([-1, -1, -0.5, 0, 1 / 0x8000, 0.5, largest, largest]);
    expect(readWav(writeWav({ sampleRate: 8000, channels: [once] })).channels[0]).toEqual(once);
  });

  it('dithers by a step at most, the same with the same seed, and not unless asked', () => {
    const silence = { sampleRate: 8000, channels: [new Float32Array(1000)] };
    const dithered = () => writeWav(silence, { dither: new Random(1) });
    expect(dithered()).toEqual(dithered());
    const [samples] = readWav(dithered()).channels;
    expect(samples.some((x) => x !== 0)).toBe(true);
    expect(samples.every((x) => Math.abs(x) <= 1 / 0x8000)).toBe(true);
    expect(readWav(writeWav(silence)).channels[0].every((x) => x === 0)).toBe(true);
  });

  it('reads 64-bit floats', () => {
    const bytes = wav([
      fmt({ tag: 3, bits: 64 }),
      chunk('data', new Uint8Array(Float64Array.of(0.25, -1.5).buffer)),
    ]);
    expect([...readWav(bytes).channels[0]]).toEqual([0.25, -1.5]);
  });

  it('reads the extensible form and skips unknown chunks of odd length', () => {
    const bytes = wav([
      chunk('JUNK', new Uint8Array(7)),
      fmt({ extensible: true, channels: 2 }),
      chunk('LIST', new Uint8Array(3)),
      data16([1, 2, 3, 4]),
      chunk('id3 ', new Uint8Array(9)),
    ]);
    expect(readWav(bytes).channels.map((c) => [...c].map((x) => x * 0x8000))).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('reads from a view into a larger buffer, at an odd offset', () => {
    const bytes = wav([fmt({}), data16([5, 6])]);
    const within = new Uint8Array(bytes.length + 3);
    within.set(bytes, 3);
    expect([...readWav(within.subarray(3)).channels[0]].map((x) => x * 0x8000)).toEqual([5, 6]);
  });
});

describe('readWav of headers that do not tell the truth', () => {
  it.each([0, 0xffffffff, 0x7fffffff, 0xfffffff0, 1_000_000])(
    'reads what is there where %d bytes are claimed',
    (size) => {
      const bytes = wav([fmt({}), data16([1, 2, 3])]);
      new DataView(bytes.buffer).setUint32(bytes.length - 6 - 4, size, true);
      expect([...readWav(bytes).channels[0]].map((x) => x * 0x8000)).toEqual([1, 2, 3]);
    },
  );

  it('takes a data size of 0 at its word where a chunk follows', () => {
    expect(() => readWav(wav([fmt({}), data16([]), chunk('LIST', new Uint8Array(8))]))).toThrow(/no samples/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(0), /empty/],
    [
      'is cut off in the header',
      wav([fmt({}), data16([1])]).subarray(0, 20),
      /ends before its format|16 bytes/,
    ],
    ['is cut off before the sound', wav([fmt({}), data16([1])]).subarray(0, 38), /before its sound/],
    ['has no samples', wav([fmt({}), data16([])]), /no samples/],
    ['is MP3', Uint8Array.of(0xff, 0xfb, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0), /MP3.*ffmpeg/],
    ['is FLAC', new TextEncoder().encode('fLaC\0\0\0\0\0\0\0\0'), /FLAC.*ffmpeg/],
    ['is text', new TextEncoder().encode('hello, this is no sound'), /begins with "hell"/],
    ['is ADPCM', wav([fmt({ tag: 2, bits: 4 }), data16([1])]), /encoding 2 with 4 bits/],
    ['has no channels', wav([fmt({ channels: 0 }), data16([1])]), /contradicts itself/],
    ['has no sample rate', wav([fmt({ rate: 0 }), data16([1])]), /claims 0 Hz/],
    ['has blocks of a wrong size', wav([fmt({ blockAlign: 0 }), data16([1])]), /contradicts itself/],
    [
      'holds NaN',
      wav([fmt({ tag: 3, bits: 32 }), chunk('data', new Uint8Array(Float32Array.of(0, Number.NaN).buffer))]),
      /Sample 1 of channel 0 .* NaN/,
    ],
  ])('refuses a file that %s', (_, bytes, message) => {
    expect(() => readWav(bytes)).toThrow(InvalidInputError);
    expect(() => readWav(bytes)).toThrow(message);
  });

  it('refuses an hour, and reads it where an hour is allowed', () => {
    const hour = wav([fmt({ rate: 1000 }), chunk('data', new Uint8Array(2 * 3_600_000))]);
    expect(() => readWav(hour)).toThrow(/lasts 3600 s, over the limit of 600 s/);
    expect(readWav(hour, { maxDuration: 3600 }).channels[0]).toHaveLength(3_600_000);
  });
});

describe('writeWav', () => {
  it('refuses what no file can hold', () => {
    const write = (channels: Float32Array[], sampleRate = 8000) => writeWav({ sampleRate, channels });
    expect(() => write([])).toThrow(InvalidInputError);
    expect(() => write([new Float32Array(1), new Float32Array(2)])).toThrow(/1, 2/);
    expect(() => write([Float32Array.of(Number.NaN)])).toThrow(/Sample 0 is NaN/);
    expect(() => write([new Float32Array(1)], 0.5)).toThrow(/0.5/);
  });
});

describe('toMono', () => {
  it('is the mean of the channels', () => {
    expect([...toMono({ channels: [Float32Array.of(1, 0), Float32Array.of(0, -0.5)] })]).toEqual([
      0.5, -0.25,
    ]);
  });

  it('refuses channels of different length, and none', () => {
    expect(() => toMono({ channels: [new Float32Array(1), new Float32Array(2)] })).toThrow(InvalidInputError);
    expect(() => toMono({ channels: [] })).toThrow(InvalidInputError);
  });
});

function wav(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, { length }) => sum + length, 4);
  const bytes = new Uint8Array(8 + size);
  bytes.set(new TextEncoder().encode('RIFF    WAVE'));
  bytes.set(u32(size), 4);
  let at = 12;
  for (const c of chunks) {
    bytes.set(c, at);
    at += c.length;
  }
  return bytes;
}

function chunk(id: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + (body.length % 2));
  bytes.set(new TextEncoder().encode(id));
  bytes.set(u32(body.length), 4);
  bytes.set(body, 8);
  return bytes;
}

function fmt({
  tag = 1,
  channels = 1,
  rate = 8000,
  bits = 16,
  extensible = false,
  blockAlign = -1,
}): Uint8Array {
  const body = new Uint8Array(extensible ? 40 : 16);
  const view = new DataView(body.buffer);
  view.setUint16(0, extensible ? 0xfffe : tag, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint16(12, blockAlign >= 0 ? blockAlign : (channels * bits) / 8, true);
  view.setUint16(14, bits, true);
  if (extensible) view.setUint16(24, tag, true);
  return chunk('fmt ', body);
}

const data16 = (samples: number[]) => chunk('data', new Uint8Array(Int16Array.from(samples).buffer));
const u32 = (x: number) => new Uint8Array(Uint32Array.of(x).buffer);
