import { CancelledError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import type { Mel } from '../mel/mel-spectrogram.js';
import type { Vocoder } from './vocoder.js';

/** What every vocoder must do, as a suite of tests: call it from the vocoder's own test file. */
export function vocoderConformance(name: string, makeVocoder: () => Vocoder | Promise<Vocoder>): void {
  describe(`${name} as a vocoder`, () => {
    it.each([1, 2, 7, 32])('gives frames · hopLength finite samples for %d frames', async (frames) => {
      const vocoder = await makeVocoder();
      const samples = await vocoder.vocode(ramp(vocoder.bands, frames));
      expect(samples).toBeInstanceOf(Float32Array);
      expect(samples).toHaveLength(frames * vocoder.hopLength);
      expect(samples.every(Number.isFinite)).toBe(true);
    });

    it('takes the extremes 0 and 1', async () => {
      const vocoder = await makeVocoder();
      for (const value of [0, 1]) {
        const mel = ramp(vocoder.bands, 4);
        const samples = await vocoder.vocode({ ...mel, data: mel.data.fill(value) });
        expect(samples.every(Number.isFinite)).toBe(true);
      }
    });

    it('gives the same samples for the same mel and seed, and leaves the mel alone', async () => {
      const vocoder = await makeVocoder();
      const mel = ramp(vocoder.bands, 8);
      const first = await vocoder.vocode(mel, { seed: 3 });
      const other = await makeVocoder();
      await vocoder.vocode(ramp(vocoder.bands, 5), { seed: 4 });
      expect(await vocoder.vocode(mel, { seed: 3 })).toEqual(first);
      expect(await other.vocode(mel, { seed: 3 })).toEqual(first);
      expect(mel).toEqual(ramp(vocoder.bands, 8));
    });

    it('refuses a mel of other bands or an incomplete one', async () => {
      const vocoder = await makeVocoder();
      const call = async (mel: Mel) => vocoder.vocode(mel);
      await expect(call(ramp(vocoder.bands + 1, 4))).rejects.toThrow(ShapeError);
      await expect(call({ ...ramp(vocoder.bands, 4), frames: 5 })).rejects.toThrow(ShapeError);
      await expect(call(ramp(vocoder.bands, 0))).rejects.toThrow(ShapeError);
    });

    it('stops where the signal has fired', async () => {
      const vocoder = await makeVocoder();
      const call = async () => vocoder.vocode(ramp(vocoder.bands, 4), { signal: AbortSignal.abort() });
      await expect(call()).rejects.toThrow(CancelledError);
    });
  });
}

function ramp(bands: number, frames: number): Mel {
  const data = Float32Array.from({ length: bands * frames }, (_, i) => 0.3 + 0.4 * ((i * 0.37) % 1));
  return { data, bands, frames };
}
