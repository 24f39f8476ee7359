import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { griffinLim, spectralConvergence } from '../vocoder/griffin-lim.js';
import { hzToMel, MelFilterbank, melToHz } from './mel-filterbank.js';
import { type MelConfig, MelSpectrogram } from './mel-spectrogram.js';
import { MEL_DIGITS, MEL_SPECVQGAN } from './presets.js';
import { ShortTimeFourier } from './short-time-fourier.js';

// References: librosa 0.11, by fixtures/make-fixtures.py.
const fixture = JSON.parse(readFileSync(new URL('../../fixtures/librosa.json', import.meta.url), 'utf8'));

const ALL_FRAMES = { firstFrames: null, centerFrames: null };
const HTK: MelConfig = {
  ...MEL_DIGITS,
  sampleRate: 16000,
  hopLength: 160,
  melBands: 40,
  fMin: 20,
  fMax: 8000,
  melScale: 'htk',
  scaling: { minDb: -60, maxDb: 60, floor: 1e-5 },
};

describe.each([
  ['specvqgan', MEL_SPECVQGAN],
  ['digits', MEL_DIGITS],
  ['htk', HTK],
])('%s against librosa', (name, preset) => {
  const reference = fixture.cases[name];
  const config = { ...preset, ...ALL_FRAMES };

  it('has the same filters, to 1e-6 of the largest', () => {
    const { first, weights } = new MelFilterbank(config);
    expect([...first]).toEqual(reference.filters.first);
    expect(weights.map((run) => run.length)).toEqual(reference.filters.lengths);
    const expected = unpack(reference.filters.weights);
    const largest = expected.reduce((a, b) => Math.max(a, b));
    expect(
      largestDifference(
        weights.flatMap((run) => [...run]),
        expected,
      ),
    ).toBeLessThan(1e-6 * largest);
  });

  it('has the same mel, to 1e-4', () => {
    const mel = new MelSpectrogram(config).forward(testSignal(config.sampleRate, reference.seconds));
    expect(mel.frames).toBe(reference.mel.frames);
    expect(largestDifference(mel.data, unpack(reference.mel.data))).toBeLessThan(1e-4);
  });
});

describe('phases and magnitudes against librosa', () => {
  const { sampleRate } = MEL_DIGITS;
  const stft = new ShortTimeFourier(MEL_DIGITS);
  const spectrogram = new MelSpectrogram({ ...MEL_DIGITS, ...ALL_FRAMES });
  const magnitudes = magnitudesOf(testSignal(sampleRate, 1), stft);

  it.each<{ momentum: number; iterations: number; convergence: number }>(fixture.griffinLim)(
    'Griffin–Lim of $iterations iterations with momentum $momentum converges as far',
    ({ momentum, iterations, convergence }) => {
      const samples = griffinLim(magnitudes, stft, { momentum, iterations, random: undefined });
      expect(spectralConvergence(samples, magnitudes, stft)).toBeLessThan(convergence * 1.1);
    },
  );

  it('inverts the mel at least as well as librosa, and the mel of the inverse is the mel', () => {
    const mel = spectrogram.forward(testSignal(sampleRate, 1));
    const inverse = spectrogram.inverse(mel);
    expect(relativeError(inverse, magnitudes)).toBeLessThan(fixture.inverseMel.relativeError);
    const again = new Float64Array(64);
    for (let t = 0; t < mel.frames; t++) {
      spectrogram.filterbank.apply(inverse.subarray(t * stft.bins, (t + 1) * stft.bins), again);
      for (let band = 0; band < 64; band++) {
        const decibels = 20 * Math.log10(again[band]);
        expect(Math.abs((decibels + 30) / 90 - mel.data[band * mel.frames + t])).toBeLessThan(0.01);
      }
    }
  });
});

describe('MelSpectrogram', () => {
  it('gives the middle 848 of the first 860 frames of ten seconds for SpecVQGAN', () => {
    const samples = testSignal(22050, 10);
    const mel = new MelSpectrogram(MEL_SPECVQGAN).forward(samples);
    expect([mel.bands, mel.frames, mel.data.length]).toEqual([80, 848, 80 * 848]);
    const all = new MelSpectrogram({ ...MEL_SPECVQGAN, ...ALL_FRAMES }).forward(samples);
    expect(all.frames).toBe(862);
    for (const band of [0, 40, 79]) {
      const kept = all.data.subarray(band * 862 + 6, band * 862 + 6 + 848);
      expect(largestDifference(mel.data.subarray(band * 848, (band + 1) * 848), kept)).toBeLessThan(1e-5);
    }
  });

  it('gives 64 frames of 8,192 samples for digits, each where its sound is', () => {
    const samples = new Float32Array(8192);
    for (let i = 0; i < 400; i++) samples[20 * 128 - 200 + i] = Math.sin((2 * Math.PI * 1000 * i) / 8000);
    const mel = new MelSpectrogram(MEL_DIGITS).forward(samples);
    expect([mel.bands, mel.frames]).toEqual([64, 64]);
    const loudest = mel.data.indexOf(Math.max(...mel.data));
    expect(loudest % 64).toBe(20);
    // 1 kHz is mel 15 of 0..hzToMel(4000), Slaney.
    expect(Math.floor(loudest / 64)).toBe(Math.round((15 / hzToMel(4000, 'slaney')) * 65) - 1);
  });

  it('counts frames from the first sample without centring, and takes powers', () => {
    const samples = testSignal(8000, 1);
    const config = { ...MEL_DIGITS, ...ALL_FRAMES, center: false };
    const magnitude = new MelSpectrogram(config).forward(samples);
    expect(magnitude.frames).toBe(1 + Math.floor((8000 - 512) / 128));
    const tone = Float32Array.from({ length: 2048 }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / 8000));
    const inBand = (power: 1 | 2) => {
      const { data } = new MelSpectrogram({ ...config, power }).forward(tone);
      return 90 * data.reduce((a, b) => Math.max(a, b)) - 30;
    };
    // A pure tone: the band's power is that of three bins, its magnitude their sum.
    expect(inBand(2)).toBeLessThan(inBand(1));
    expect(inBand(2)).toBeGreaterThan(inBand(1) - 20 * Math.log10(3));
  });

  it('inverts powers as it inverts magnitudes', () => {
    const spectrogram = new MelSpectrogram({ ...MEL_DIGITS, ...ALL_FRAMES, power: 2 });
    const samples = testSignal(8000, 1);
    const inverse = spectrogram.inverse(spectrogram.forward(samples));
    expect(relativeError(inverse, magnitudesOf(samples, spectrogram.stft))).toBeLessThan(0.25);
  });

  it('refuses sounds that are too short or not finite, and mels of other bands', () => {
    const spectrogram = new MelSpectrogram(MEL_DIGITS);
    expect(() => spectrogram.forward(new Float32Array(256))).toThrow(InvalidInputError);
    expect(() => spectrogram.forward(new Float32Array(8192).fill(Number.NaN))).toThrow(InvalidInputError);
    expect(() => spectrogram.inverse({ data: new Float32Array(80), bands: 80, frames: 1 })).toThrow(
      ShapeError,
    );
  });

  it.each<[Partial<MelConfig>, RegExp]>([
    [{ fftSize: 500 }, /power of two/],
    [{ windowLength: 1024 }, /windowLength/],
    [{ hopLength: 0 }, /hopLength/],
    [{ fMax: 4001 }, /fMax/],
    [{ melBands: 400 }, /fewer bands/],
    [{ scaling: { minDb: 0, maxDb: 0, floor: 1e-5 } }, /minDb/],
    [{ power: 3 as 2 }, /power/],
  ])('refuses %j', (change, message) => {
    expect(() => new MelSpectrogram({ ...MEL_DIGITS, ...change })).toThrow(ConfigurationError);
    expect(() => new MelSpectrogram({ ...MEL_DIGITS, ...change })).toThrow(message);
  });

  it.each(['slaney', 'htk'] as const)('converts Hz to %s mel and back', (scale) => {
    for (const hz of [0, 60, 999, 1000, 1001, 7600])
      expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 8);
  });
});

describe('ShortTimeFourier', () => {
  it.each([1, 2, 7])('gives a signal of %d frames back, where windows reach', (frames) => {
    const stft = new ShortTimeFourier({ fftSize: 64, hopLength: 16, windowLength: 48, window: 'hann' });
    const signal = Float64Array.from({ length: stft.span(frames) }, (_, i) => Math.sin(i * i));
    const re = new Float32Array(frames * stft.bins);
    const im = new Float32Array(frames * stft.bins);
    const back = new Float64Array(signal.length);
    stft.forward(signal, frames, re, im);
    stft.inverse(re, im, frames, back);
    for (let i = 10; i < signal.length - 10; i++) expect(Math.abs(back[i] - signal[i])).toBeLessThan(1e-4);
  });
});

/** The same as `test_signal` in make-fixtures.py. */
function testSignal(rate: number, seconds: number): Float32Array {
  const n = Math.round(rate * seconds);
  let state = 1;
  const y = Float64Array.from({ length: n }, (_, i) => {
    const t = i / rate;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const tone = 0.5 * Math.sin(2 * Math.PI * (100 * t + 0.5 * ((0.4 * rate) / seconds) * t * t));
    return tone + 0.02 * (state / 2 ** 32 - 0.5);
  });
  for (let i = Math.floor(n / 2); i < n; i += Math.floor(n / 4)) y[i] += 0.4;
  return Float32Array.from(y);
}

function magnitudesOf(samples: Float32Array, stft: ShortTimeFourier): Float32Array {
  const half = stft.fftSize / 2;
  const last = samples.length - 1;
  const padded = Float64Array.from({ length: samples.length + 2 * half }, (_, i) => {
    const j = Math.abs(i - half);
    return samples[j <= last ? j : 2 * last - j];
  });
  const frames = stft.frames(padded.length);
  const re = new Float32Array(frames * stft.bins);
  const im = new Float32Array(frames * stft.bins);
  stft.forward(padded, frames, re, im);
  return re.map((x, i) => Math.hypot(x, im[i]));
}

function unpack(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

function relativeError(a: Float32Array, b: Float32Array): number {
  const norm = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0));
  return norm(a.map((x, i) => x - b[i])) / norm(b);
}
