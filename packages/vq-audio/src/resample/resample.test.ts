import { describe, expect, it } from 'vitest';
import { resample } from './resample.js';

const sine = (hz: number, rate: number, n: number) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));

const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/** Away from the ends, where a sine that begins at once has all frequencies. */
const middle = (x: Float32Array) => x.subarray(Math.floor(x.length / 8), Math.floor((7 * x.length) / 8));

describe('resample', () => {
  it.each([
    [44100, 8000, 1000],
    [48000, 22050, 7000],
    [96000, 8000, 3500],
    [8000, 44100, 3000],
    [11025, 8000, 440],
  ])('from %d to %d Hz keeps a sine of %d Hz sample by sample, to 1e-5', async (from, to, hz) => {
    const out = await resample(sine(hz, from, from / 4), from, to);
    expect(out).toHaveLength(Math.round(Math.floor(from / 4) * (to / from)));
    const difference = middle(out.map((x, i) => x - 0.5 * Math.sin((2 * Math.PI * hz * i) / to)));
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-5);
  });

  it.each([4200, 5000, 7000, 12000, 20000])(
    'rejects %d Hz by more than 90 dB on the way to 8 kHz',
    async (hz) => {
      const out = await resample(sine(hz, 44100, 11025), 44100, 8000);
      expect(rms(middle(out))).toBeLessThan(0.354 * 10 ** (-90 / 20));
    },
  );

  it.each([
    [44100, 8000],
    [8000, 44100],
  ])('leaves no seam in a recording of several blocks, from %d to %d Hz', async (from, to) => {
    const out = await resample(sine(1000, from, from * 30), from, to, { quality: 'fast' });
    expect(out).toHaveLength(to * 30);
    const difference = middle(out.map((x, i) => x - 0.5 * Math.sin((2 * Math.PI * 1000 * i) / to)));
    expect(difference.reduce((a, x) => Math.max(a, Math.abs(x)), 0)).toBeLessThan(1e-3);
  });

  it('copies at the same rate, and takes 0 and 1 samples', async () => {
    const one = Float32Array.of(0.5);
    const copy = await resample(one, 8000, 8000);
    expect(copy).toEqual(one);
    expect(copy).not.toBe(one);
    expect(await resample(new Float32Array(0), 44100, 8000)).toHaveLength(0);
    expect(await resample(one, 8000, 16000)).toHaveLength(2);
  });

  it('refuses rates and samples that make no sense', async () => {
    await expect(resample(new Float32Array(9), 44100.5, 8000)).rejects.toThrow(/44100.5/);
    await expect(resample(new Float32Array(9), 0, 8000)).rejects.toThrow(/not 0/);
    await expect(resample(new Float32Array(9), 8000, 200_000)).rejects.toThrow(/192,000/);
    await expect(resample(new Float32Array(9), 100, 48_000)).rejects.toThrow(/256/);
    await expect(resample(Float32Array.of(Number.NaN), 8000, 16000)).rejects.toThrow(/NaN/);
  });
});
