import { describe, expect, it } from 'vitest';
import { MelSpectrogram } from '../mel/mel-spectrogram.js';
import { MEL_DIGITS, MEL_SPECVQGAN } from '../mel/presets.js';
import { griffinLim, spectralConvergence } from './griffin-lim.js';
import { GriffinLimVocoder } from './griffin-lim-vocoder.js';
import { vocoderConformance } from './vocoder-conformance.js';

vocoderConformance('Griffin–Lim, digits', () => new GriffinLimVocoder(MEL_DIGITS));
vocoderConformance(
  'Griffin–Lim towards the mel',
  () => new GriffinLimVocoder(MEL_DIGITS, { target: 'mel', iterations: 8 }),
);
vocoderConformance('Griffin–Lim, SpecVQGAN', () => new GriffinLimVocoder(MEL_SPECVQGAN, { iterations: 4 }));

/** A vowel that glides: twelve harmonics under a falling envelope. */
const vowel = Float32Array.from({ length: 8192 }, (_, i) => {
  const phase = (2 * Math.PI * (120 * i + 0.003 * i * i)) / 8000;
  let sum = 0;
  for (let h = 1; h <= 12; h++) sum += Math.sin(h * phase) / h;
  return 0.2 * sum * Math.sin((Math.PI * i) / 8192) ** 2;
});

describe('GriffinLimVocoder', () => {
  const spectrogram = new MelSpectrogram(MEL_DIGITS);
  const mel = spectrogram.forward(vowel);

  it('gives a sound with nearly the same mel', () => {
    const samples = new GriffinLimVocoder(MEL_DIGITS).vocode(mel);
    const again = spectrogram.forward(samples);
    const error = again.data.reduce((sum, x, i) => sum + Math.abs(x - mel.data[i]), 0) / mel.data.length;
    expect(error).toBeLessThan(0.03);
    // Had the phases stayed random, this would be far off.
    const unsolved = spectrogram.forward(new GriffinLimVocoder(MEL_DIGITS, { iterations: 0 }).vocode(mel));
    const before = unsolved.data.reduce((sum, x, i) => sum + Math.abs(x - mel.data[i]), 0) / mel.data.length;
    expect(error).toBeLessThan(before / 2);
  });

  it('comes nearer to the mel in as many iterations where that is its target', () => {
    const errorOf = (target: 'magnitudes' | 'mel') => {
      const again = spectrogram.forward(new GriffinLimVocoder(MEL_DIGITS, { target }).vocode(mel));
      return again.data.reduce((sum, x, i) => sum + Math.abs(x - mel.data[i]), 0) / mel.data.length;
    };
    expect(errorOf('mel')).toBeLessThan(errorOf('magnitudes') / 2);
  });

  it('draws its phases from the seed, or none at all', () => {
    const random = new GriffinLimVocoder(MEL_DIGITS);
    expect(random.vocode(mel, { seed: 1 })).not.toEqual(random.vocode(mel, { seed: 2 }));
    const zero = new GriffinLimVocoder(MEL_DIGITS, { phase: 'zero' });
    expect(zero.vocode(mel, { seed: 1 })).toEqual(zero.vocode(mel, { seed: 2 }));
  });

  it('makes silence of the lowest mel', () => {
    const silent = new GriffinLimVocoder(MEL_DIGITS).vocode({
      data: new Float32Array(64 * 8),
      bands: 64,
      frames: 8,
    });
    expect(silent.every((x) => x === 0)).toBe(true);
  });

  it('converges further with momentum and with more iterations', () => {
    const magnitudes = spectrogram.inverse(mel);
    const after = (iterations: number, momentum: number) =>
      spectralConvergence(
        griffinLim(magnitudes, spectrogram.stft, { iterations, momentum }),
        magnitudes,
        spectrogram.stft,
      );
    expect(after(32, 0.99)).toBeLessThan(after(32, 0));
    expect(after(32, 0.99)).toBeLessThan(after(8, 0.99));
  });
});
