import { Random } from '@visual-echoes/core';
import { hzToMel, MEL_SPECVQGAN, type Mel, MelSpectrogram } from '@visual-echoes/vq-audio';
import { describe, expect, it } from 'vitest';
import { warpMel } from './warp-mel.js';

const mel = (bands: number, frames: number): Mel => ({
  bands,
  frames,
  data: new Random(1).uniforms(bands * frames),
});
const row = (...values: number[]): Mel => ({
  bands: 1,
  frames: values.length,
  data: Float32Array.from(values),
});

describe('warpMel', () => {
  it('leaves what is not moved', () => {
    expect(warpMel(mel(80, 30), {}, MEL_SPECVQGAN)).toEqual(mel(80, 30));
  });

  it('shifts in time, into silence or round', () => {
    const shifted = (shift: number, circular: boolean) => [
      ...warpMel(row(1, 2, 3, 4), { shift, circular }, MEL_SPECVQGAN).data,
    ];
    expect(shifted(1, false)).toEqual([0, 1, 2, 3]);
    expect(shifted(-1, false)).toEqual([2, 3, 4, 0]);
    expect(shifted(1, true)).toEqual([4, 1, 2, 3]);
    expect(shifted(-6, true)).toEqual([3, 4, 1, 2]);
  });

  it('stretches about the middle', () => {
    const stretched = (speed: number) => [...warpMel(row(1, 2, 3, 4, 5), { speed }, MEL_SPECVQGAN).data];
    expect(stretched(0.5)).toEqual([2, 2.5, 3, 3.5, 4]);
    expect(stretched(2)).toEqual([0, 1, 3, 5, 0]);
  });

  it('keeps silence, and one level to the highest and lowest band', () => {
    const all = { speed: 0.9, semitones: 2, shift: 0 };
    const silent = { bands: 80, frames: 20, data: new Float32Array(1600) };
    expect(warpMel(silent, all, MEL_SPECVQGAN)).toEqual(silent);
    const level = { ...silent, data: new Float32Array(1600).fill(0.5) };
    for (const semitones of [-2, 2]) {
      expect(warpMel(level, { semitones }, MEL_SPECVQGAN)).toEqual(level);
    }
  });

  it('moves a tone to where the mel spectrogram of the higher tone has it', () => {
    const spectrogram = new MelSpectrogram({ ...MEL_SPECVQGAN, firstFrames: 40, centerFrames: 32 });
    const tone = (hz: number) =>
      spectrogram.forward(
        Float32Array.from({ length: 40 * 256 }, (_, t) => 0.3 * Math.sin((2 * Math.PI * hz * t) / 22050)),
      );
    const centre = ({ data, frames }: Mel) => {
      const loud = Array.from({ length: 80 }, (_, band) => 10 ** (10 * data[band * frames + 16])); // power
      const sum = loud.reduce((all, one) => all + one, 0);
      return loud.reduce((all, one, band) => all + one * band, 0) / sum;
    };
    for (const hz of [500, 2000, 4000]) {
      for (const semitones of [-2, 2]) {
        const higher = hz * 2 ** (semitones / 12);
        const moved = centre(warpMel(tone(hz), { semitones }, MEL_SPECVQGAN));
        // Within half a band, of the 1.3 to 5.3 by which these tones move.
        expect(Math.abs(moved - centre(tone(higher)))).toBeLessThan(0.5);
        expect(Math.sign(hzToMel(higher, 'slaney') - hzToMel(hz, 'slaney'))).toBe(
          Math.sign(moved - centre(tone(hz))),
        );
      }
    }
  });
});
