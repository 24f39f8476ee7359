import { Random } from '@visual-echoes/core';
import { MEL_SPECVQGAN, MelSpectrogram } from '@visual-echoes/vq-audio';
import { describe, expect, it } from 'vitest';
import { levelMel } from './level-mel.js';
import { mixMels } from './mix-mels.js';

const { scaling } = MEL_SPECVQGAN;
const mel = (seed: number) => ({ bands: 80, frames: 10, data: new Random(seed).uniforms(800) });
const furthest = (a: { data: Float32Array }, b: { data: Float32Array }) =>
  Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i])));
const silent = { ...mel(1), data: new Float32Array(800) };

describe('mixMels', () => {
  it('adds powers: two equal ones are 3 dB louder', () => {
    const half = { ...mel(1), data: new Float32Array(800).fill(0.5) };
    // 10 · log10(2) = 3.01 dB of the 100 between the floor and the top; float32.
    expect(
      furthest(mixMels(half, half, 0, scaling), { data: half.data.map((v) => v + 0.030103) }),
    ).toBeLessThan(1e-6);
  });

  it('is commutative, with a level but for the gain', () => {
    expect(mixMels(mel(1), mel(2), 0, scaling)).toEqual(mixMels(mel(2), mel(1), 0, scaling));
    const quiet = (seed: number) => ({ ...mel(seed), data: mel(seed).data.map((v) => 0.3 + 0.4 * v) });
    const second = mixMels(quiet(1), quiet(2), -6, scaling);
    const first = mixMels(quiet(2), quiet(1), 6, scaling);
    expect(furthest(second, levelMel(first, { gain: -6 }, scaling, new Random(1)))).toBeLessThan(1e-6);
  });

  it('keeps silence, and what it is mixed with', () => {
    expect(mixMels(silent, silent, 0, scaling)).toEqual(silent);
    expect(mixMels(mel(1), silent, 0, scaling)).toEqual(mel(1));
    expect(furthest(mixMels(silent, mel(1), 0, scaling), mel(1))).toBeLessThan(1e-6);
  });

  it('is near the mel spectrogram of two sounds at once', () => {
    const spectrogram = new MelSpectrogram({ ...MEL_SPECVQGAN, firstFrames: 100, centerFrames: 96 });
    const noise = (seed: number) => {
      const random = new Random(seed);
      return Float32Array.from({ length: 100 * 256 }, () => random.normal(0, 0.05));
    };
    const [a, b] = [noise(1), noise(2)];
    const both = spectrogram.forward(a.map((value, i) => value + 0.5 * b[i]));
    const mixed = mixMels(spectrogram.forward(a), spectrogram.forward(b), 20 * Math.log10(0.5), scaling);
    const bias = mixed.data.reduce((sum, value, i) => sum + value - both.data[i], 0) / both.data.length;
    expect(Math.abs(bias) * 100).toBeLessThan(0.5); // dB; phases add and take away alike
  });
});
