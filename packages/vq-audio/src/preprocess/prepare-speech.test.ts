import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { InvalidInputError, Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { MelSpectrogram } from '../mel/mel-spectrogram.js';
import { MEL_DIGITS } from '../mel/presets.js';
import { resample } from '../resample/resample.js';
import { readWav } from '../wav/read-wav.js';
import { findSpeech } from './find-speech.js';
import { prepareSpeech, SPEECH_DIGITS } from './prepare-speech.js';

const FSDD = new URL('../../../../../shared/data/fsdd/', import.meta.url);
const RATE = 8000;
const spectrogram = new MelSpectrogram(MEL_DIGITS);

const prepare = (samples: Float32Array, sampleRate = RATE, options = SPEECH_DIGITS) =>
  prepareSpeech({ sampleRate, channels: [samples] }, options);
const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/** "Six", roughly: a weak hiss, a vowel, a pause, a hiss; [0.5 s], level −20 dB or so. */
function spokenWord(seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: 4000 }, (_, i) => {
    const t = i / RATE;
    const hiss = (t < 0.1 || (t > 0.36 && t < 0.5) ? 0.03 : 0) * random.normal();
    if (t < 0.1 || t > 0.28) return hiss;
    let vowel = 0;
    for (let h = 1; h < 15; h++) vowel += Math.sin(2 * Math.PI * h * 130 * t) / (1 + Math.abs(h - 4));
    return 0.15 * vowel * Math.sin((Math.PI * (t - 0.1)) / 0.18);
  });
}

/** As people bring it: 44.1 kHz stereo, quieter, a second of room noise before and after and all through. */
async function inRoom(samples: Float32Array, { below = 30, seed = 7 } = {}) {
  const loud = await resample(samples, RATE, 44100);
  const noise = new Random(seed).normals(loud.length + 88200, 0, rms(loud) * 10 ** (-below / 20));
  for (let i = 0; i < loud.length; i++) noise[44100 + i] += loud[i];
  return { sampleRate: 44100, channels: [noise.map((x) => 0.3 * x), noise.map((x) => 0.2 * x)] };
}

/** Mean |difference| of two clips' mels, and by how many frames one must be moved to fit the other best. */
function compare(a: Float32Array, b: Float32Array) {
  const [x, y] = [a, b].map((clip) => spectrogram.forward(clip).data);
  const difference = x.reduce((sum, v, i) => sum + Math.abs(v - y[i]), 0) / x.length;
  const fits = [-3, -2, -1, 0, 1, 2, 3].map((shift) => {
    let sum = 0;
    for (let i = 3; i < x.length - 3; i++) sum += x[i] * y[i + shift];
    return sum;
  });
  return { difference, shift: fits.indexOf(Math.max(...fits)) - 3 };
}

describe('prepareSpeech', () => {
  it('puts speech at its place and level, with silence around it', async () => {
    const clip = await prepare(spokenWord());
    expect(clip).toHaveLength(8192);
    const span = findSpeech(clip, SPEECH_DIGITS)!;
    expect(Math.abs(span.start - SPEECH_DIGITS.onset)).toBeLessThanOrEqual(80); // 10 ms
    expect(Math.abs(10 * Math.log10(span.power) - SPEECH_DIGITS.level)).toBeLessThan(0.5);
    expect(clip.subarray(1280 + 4000 + 2000).every((x) => x === 0)).toBe(true);
  });

  it.each([30, 20])('gives nearly the same from a noisy room, %d dB down', async (below) => {
    const word = spokenWord();
    const { difference, shift } = compare(
      await prepare(word),
      await prepareSpeech(await inRoom(word, { below }), SPEECH_DIGITS),
    );
    expect(shift).toBe(0);
    expect(difference).toBeLessThan(below === 30 ? 0.015 : 0.03);
  });

  it('takes the noise away, where it is asked to', async () => {
    const word = spokenWord();
    const clean = await prepare(word);
    const room = await inRoom(word);
    const reduced = compare(clean, await prepareSpeech(room, SPEECH_DIGITS)).difference;
    const kept = compare(
      clean,
      await prepareSpeech(room, { ...SPEECH_DIGITS, noiseReduction: 0 }),
    ).difference;
    expect(reduced).toBeLessThan(0.7 * kept);
  });

  it('is deaf to level, offset and a click', async () => {
    const word = spokenWord();
    const clean = await prepare(word);
    const padded = new Float32Array(12000).fill(0.05);
    for (let i = 0; i < word.length; i++) padded[6000 + i] += 0.1 * word[i];
    for (let i = 0; i < 8; i++) padded[800 + i] += i % 2 === 0 ? 0.02 : -0.02;
    const { difference, shift } = compare(clean, await prepare(padded));
    expect(shift).toBe(0);
    expect(difference).toBeLessThan(0.01);
  });

  it('leaves alone what it made itself, to 0.01 in the mel', async () => {
    const once = await prepare(spokenWord());
    const { difference, shift } = compare(once, await prepare(once));
    expect(shift).toBe(0);
    expect(difference).toBeLessThan(0.01);
  });

  it('keeps the louder of two words far apart, and cuts the end of a long one', async () => {
    const word = spokenWord();
    const two = new Float32Array(16000);
    two.set(word.map((x) => 0.5 * x));
    two.set(word, 10000);
    expect(compare(await prepare(word), await prepare(two)).difference).toBeLessThan(0.01);
    const long = Float32Array.from({ length: 24000 }, (_, i) => 0.3 * Math.sin(0.5 * i));
    const clip = await prepare(long);
    expect(clip).toHaveLength(8192);
    expect(Math.abs(clip[8191])).toBeLessThan(0.001); // faded, not chopped
    expect(rms(clip.subarray(7000, 7500))).toBeGreaterThan(0.09);
  });

  it('gives finite clips for the shortest recordings', async () => {
    for (const n of [1, 2, 100]) {
      const clip = await prepare(new Float32Array(n).fill(0.5), RATE, { ...SPEECH_DIGITS, highPass: 0 });
      expect(clip.every(Number.isFinite)).toBe(true);
    }
  });

  it.each<[string, Float32Array, RegExp]>([
    ['nothing', new Float32Array(0), /empty/],
    ['silence', new Float32Array(8000), /silent/],
    ['only an offset', new Float32Array(8000).fill(0.3), /Nothing is heard/],
    ['hardly a sound', new Float32Array(8000).fill(5e-5), /silent/],
    ['NaN', new Float32Array(8000).fill(Number.NaN), /NaN/],
    ['an hour of silence', new Float32Array(3600 * RATE), /lasts 3600 s, over the limit of 60 s/],
  ])('refuses %s', async (_, samples, message) => {
    await expect(prepare(samples)).rejects.toThrow(InvalidInputError);
    await expect(prepare(samples)).rejects.toThrow(message);
  });
});

describe.skipIf(!existsSync(FSDD))(
  'prepareSpeech on FSDD (skipped where ../shared/data/fsdd is absent)',
  () => {
    it('gives nearly the same mel from a room: at most 0.015 on average, no shift for 7 of 8', async () => {
      const files = readdirSync(FSDD)
        .filter((name) => /_[0-4]\.wav$/.test(name))
        .sort()
        .filter((_, i) => i % 38 === 0);
      const results = [];
      for (const name of files) {
        const { channels } = readWav(readFileSync(new URL(name, FSDD)));
        results.push(
          compare(await prepare(channels[0]), await prepareSpeech(await inRoom(channels[0]), SPEECH_DIGITS)),
        );
      }
      expect(results).toHaveLength(8);
      expect(results.reduce((sum, { difference }) => sum + difference, 0) / results.length).toBeLessThan(
        0.015,
      );
      expect(results.filter(({ shift }) => shift === 0).length).toBeGreaterThanOrEqual(7);
    });
  },
);
