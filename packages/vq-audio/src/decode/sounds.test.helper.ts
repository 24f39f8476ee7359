import { readFileSync } from 'node:fs';
import type { Waveform } from '../wav/waveform.js';

/** The files of `fixtures/make-sounds.sh`. */
export const soundFixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/sounds/${name}`, import.meta.url));

const rising = (t: number) => 0.4 * Math.sin(2 * Math.PI * (300 * t + 1000 * t * t));
const falling = (t: number) => 0.25 * Math.sin(2 * Math.PI * (900 * t - 500 * t * t));

/**
 * How each channel of a decoded file differs from the tone that it was made of: by how many samples it is `late`, and
 * the RMS of the difference that is left over the tone's own. A hundredth of a second at each end, where lossy formats
 * swing in, is left out.
 */
export function differencesFromTones({ sampleRate, channels }: Waveform, { stereo }: { stereo: boolean }) {
  return channels.map((channel, c) => {
    const tone = stereo && c === 1 ? falling : rising;
    const expected = Float64Array.from({ length: sampleRate / 2 }, (_, i) => tone(i / sampleRate));
    const edge = Math.round(sampleRate / 100);
    const errorAt = (late: number) => {
      let difference = 0;
      let reference = 0;
      for (let i = edge; i < expected.length - edge; i++) {
        difference += ((channel[i + late] ?? 0) - expected[i]) ** 2;
        reference += expected[i] ** 2;
      }
      return Math.sqrt(difference / reference);
    };
    let best = { late: 0, error: errorAt(0) };
    for (let late = -1200; late <= 1200; late++) {
      const error = errorAt(late);
      if (error < best.error) best = { late, error };
    }
    return best;
  });
}
