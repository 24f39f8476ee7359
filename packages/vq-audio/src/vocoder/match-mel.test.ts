import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { type Mel, MelSpectrogram } from '../mel/mel-spectrogram.js';
import { MEL_DIGITS, MEL_SPECVQGAN } from '../mel/presets.js';
import { GriffinLimVocoder } from './griffin-lim-vocoder.js';
import { matchMel } from './match-mel.js';
import { MelMatchingVocoder } from './mel-matching-vocoder.js';
import { vocoderConformance } from './vocoder-conformance.js';

vocoderConformance(
  'Griffin–Lim, its mel matched',
  () => new MelMatchingVocoder(new GriffinLimVocoder(MEL_DIGITS), MEL_DIGITS),
);

/** Ten harmonics that fade. */
const voice = Float32Array.from({ length: 8192 }, (_, i) => {
  let sum = 0;
  for (let h = 1; h <= 10; h++) sum += Math.sin((2 * Math.PI * h * 140 * i) / 8000 + h * h) / h;
  return 0.2 * sum * Math.exp(-i / 4000);
});
const random = new Random(3);
/** The same with a hiss under it, and half as loud: what a hasty vocoder makes. */
const hissing = voice.map((x) => 0.5 * x + 0.004 * random.normal());

const melError = (samples: Float32Array, mel: Mel, spectrogram: MelSpectrogram) =>
  spectrogram.forward(samples).data.reduce((sum, x, i) => sum + Math.abs(x - mel.data[i]), 0) /
  mel.data.length;
const distance = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / b.reduce((sum, x) => sum + x * x, 0));

describe('matchMel', () => {
  const spectrogram = new MelSpectrogram(MEL_DIGITS);
  const mel = spectrogram.forward(voice);

  it('leaves a sound that has the mel nearly as it is', () => {
    expect(distance(matchMel(voice, mel, spectrogram), voice)).toBeLessThan(0.01);
  });

  it('brings levels and noise to the mel, and the sound to the one the mel is of', () => {
    const matched = matchMel(hissing, mel, spectrogram);
    expect(melError(matched, mel, spectrogram)).toBeLessThan(0.1 * melError(hissing, mel, spectrogram));
    expect(distance(matched, voice)).toBeLessThan(0.1 * distance(hissing, voice));
  });

  it('comes nearer with more iterations, and with momentum', () => {
    const after = (iterations: number, momentum: number) =>
      melError(matchMel(hissing, mel, spectrogram, { iterations, momentum }), mel, spectrogram);
    expect(after(8, 0)).toBeLessThan(after(2, 0));
    expect(after(16, 0.8)).toBeLessThan(after(16, 0));
    expect(matchMel(hissing, mel, spectrogram, { iterations: 0 })).toEqual(hissing);
  });

  it('works on what sounds only: the rest is silence, and all else is as it is alone', () => {
    const late = new Float32Array(16_384);
    late.set(
      voice.map((x, i) => x * Math.min(1, i / 500)),
      4096,
    );
    const noisy = late.map((x) => 0.7 * x + 0.003 * random.normal());
    const full = new MelSpectrogram({ ...MEL_DIGITS, firstFrames: 128 });
    const wanted = full.forward(late);
    const matched = matchMel(noisy, wanted, full);
    expect(matched.subarray(0, 3000).every((x) => x === 0)).toBe(true);
    expect(melError(matched, wanted, full)).toBeLessThan(0.1 * melError(noisy, wanted, full));
    const dark = { ...wanted, data: new Float32Array(wanted.data.length).fill(0.01) };
    expect(matchMel(noisy, dark, full).every((x) => x === 0)).toBe(true);
  });

  it('leaves alone what no band covers', () => {
    const rumble = Float32Array.from(
      { length: 22_016 },
      (_, i) => 0.1 * Math.sin((2 * Math.PI * 40 * i) / 22_050),
    );
    const full = new MelSpectrogram({ ...MEL_SPECVQGAN, firstFrames: null, centerFrames: null });
    const { bands, data } = full.forward(rumble);
    const frames = 86;
    const heard = { bands, frames, data: data.filter((_, i) => i % (data.length / bands) < frames) };
    const matched = matchMel(rumble, heard, full);
    const inside = [matched, rumble].map((samples) => samples.subarray(2048, 20_000));
    expect(distance(inside[0], inside[1])).toBeLessThan(0.02);
  });

  it('matches mels of powers as it does those of magnitudes', () => {
    const powers = new MelSpectrogram({ ...MEL_DIGITS, power: 2 });
    const wanted = powers.forward(voice);
    expect(melError(matchMel(hissing, wanted, powers), wanted, powers)).toBeLessThan(
      0.1 * melError(hissing, wanted, powers),
    );
  });

  it('refuses samples of another length, and stops where it is cancelled', () => {
    expect(() => matchMel(voice.subarray(1), mel, spectrogram)).toThrow(
      /64 frames is matched by 8192 samples/,
    );
    expect(() => matchMel(voice, mel, spectrogram, { signal: AbortSignal.abort() })).toThrow(/cancel/i);
  });
});
