import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@visual-echoes/core';
import {
  MEL_DIGITS,
  MEL_SPECVQGAN,
  MelSpectrogram,
  prepareSpeech,
  SPEECH_DIGITS,
} from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareMel } from './compare-mel.js';
import { melOfSound } from './mel-of-sound.js';
import { melSettings, PRESETS } from './mel-settings.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const tone = (sampleRate: number, seconds: number, hz = 1000) =>
  Float32Array.from(
    { length: sampleRate * seconds },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / sampleRate),
  );

describe('melOfSound', () => {
  it('gives all frames of the sound, at the recipe’s rate, the channels mixed in equal parts', async () => {
    const samples = tone(22050, 2);
    const silence = new Float32Array(samples.length);
    const mel = await melOfSound({ sampleRate: 22050, channels: [samples, silence] }, PRESETS['specvqgan']);
    expect([mel.bands, mel.frames]).toEqual([80, 1 + Math.floor(44100 / 256)]);
    const whole = { ...MEL_SPECVQGAN, firstFrames: null, centerFrames: null };
    expect(mel).toEqual(new MelSpectrogram(whole).forward(samples.map((x) => x / 2)));
    // The same tone at another rate: within 0.01 where it sounds, of values in 0..1.
    const other = await melOfSound({ sampleRate: 44100, channels: [tone(44100, 2)] }, PRESETS['specvqgan']);
    const plain = new MelSpectrogram(whole).forward(samples);
    const loud = plain.data.reduce((best, x, i) => (x > plain.data[best] ? i : best), 0);
    expect(Math.abs(other.data[loud] - plain.data[loud])).toBeLessThan(0.01);
  });

  it('gives the clip that the model takes, prepared or padded', async () => {
    const sound = { sampleRate: 8000, channels: [tone(8000, 0.5)] };
    expect(await melOfSound(sound, PRESETS['digits'], { clip: true })).toEqual(
      new MelSpectrogram(MEL_DIGITS).forward(await prepareSpeech(sound, SPEECH_DIGITS)),
    );
    const short = await melOfSound({ sampleRate: 22050, channels: [tone(22050, 1)] }, PRESETS['specvqgan'], {
      clip: true,
    });
    expect([short.bands, short.frames]).toEqual([80, 848]);
    expect(short.data[847]).toBe(0); // silence behind it
  });

  it('refuses a sound of a few samples', async () => {
    const sound = { sampleRate: 22050, channels: [new Float32Array(100)] };
    await expect(melOfSound(sound, PRESETS['specvqgan'])).rejects.toThrow(
      /needs 513 samples or more, not 100/,
    );
  });
});

describe('melSettings', () => {
  it('takes a model folder’s constants, a preset’s, and what a file changes', async () => {
    const model = '@visual-echoes/model-digits';
    expect(await melSettings({ model })).toEqual({
      mel: expect.objectContaining({ sampleRate: 8000, melBands: 64 }),
      preprocessing: expect.objectContaining({ sampleRate: 8000 }),
    });
    const config = put('config.json', '{"melBands": 128, "fMax": 11025}');
    const { mel } = await melSettings({ model, preset: 'specvqgan', config });
    expect(mel).toEqual({ ...MEL_SPECVQGAN, melBands: 128, fMax: 11025 });
  });

  it.each([
    ['{"melBand": 128}', /melBand/],
    ['{"fMax": "high"}', /fMax/],
    ['{"fftSize": 0}', /fftSize/],
    ['[]', /the file/],
    ['{', /is not JSON/],
  ])('refuses %s by the entry’s name', async (text, message) => {
    const config = put('wrong.json', text);
    await expect(melSettings({ model: '', preset: 'digits', config })).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: expect.stringMatching(message),
    });
  });
});

describe('compareMel', () => {
  const mel = { bands: 2, frames: 3, data: Float32Array.of(0, 0.5, 1, 1, 0.5, 0) };

  it('gives the mean absolute difference over the frames that both have', async () => {
    put('clip_mel.npy', writeNpy({ shape: [2, 2], data: Float64Array.of(0, 0.25, 1, 0.25) }));
    expect(await compareMel('somewhere/clip.mp4', mel, folder)).toBeCloseTo(0.125, 12);
  });

  it('says that there is no reference, or one of another form', async () => {
    await expect(compareMel('other.wav', mel, folder)).rejects.toThrow(/other_mel\.npy, other\.mel\.npy/);
    put('three.npy', writeNpy({ shape: [3, 2], data: new Float32Array(6) }));
    await expect(compareMel('three.wav', mel, folder)).rejects.toThrow(/\[3,2\], not \[2, frames\]/);
    put('text.npy', 'hello');
    await expect(compareMel('text.wav', mel, folder)).rejects.toThrow(/text\.npy.*Not a sound \.npy/);
  });
});
