import { hzToMel, type Mel, melToHz } from '@visual-echoes/vq-audio';
import type { MelBands } from './mel-constants.js';

/** How a mel spectrogram is moved and stretched. */
export interface MelWarp {
  /** Later by so many frames. */
  shift?: number;
  /** Faster by this factor, about the middle. */
  speed?: number;
  /** Higher by so many semitones. */
  semitones?: number;
  /** Whether what leaves at one end of the time comes in at the other; it is silent there where not. */
  circular?: boolean;
}

/**
 * Shifts and stretches a mel spectrogram in time, and in pitch, by bilinear interpolation of its decibels.
 *
 * Stretch and pitch are approximations of what resampling the sound does: bands go to where their centres would be, so
 * that harmonics keep their width and a stretched onset its slope in decibels. Beyond the lowest and highest band these
 * go on, since what is there is not known.
 */
export function warpMel(
  mel: Mel,
  { shift = 0, speed = 1, semitones = 0, circular = false }: MelWarp,
  place: MelBands,
): Mel {
  const { bands, frames, data } = mel;
  const centre = (frames - 1) / 2;
  const left = new Int32Array(frames);
  const right = new Int32Array(frames);
  const share = new Float64Array(frames);
  const inside = (t: number) => (circular ? ((t % frames) + frames) % frames : t >= 0 && t < frames ? t : -1);
  for (let t = 0; t < frames; t++) {
    const source = centre + (t - shift - centre) * speed;
    const whole = Math.floor(source);
    left[t] = inside(whole);
    right[t] = inside(whole + 1);
    share[t] = source - whole;
  }
  const warped = new Float32Array(data.length);
  const rows = sourceBands(bands, semitones, place);
  for (let band = 0; band < bands; band++) {
    const lower = Math.floor(rows[band]);
    const upper = Math.min(bands - 1, lower + 1);
    const above = rows[band] - lower;
    for (let t = 0; t < frames; t++) {
      const low = between(data, lower * frames, left[t], right[t], share[t]);
      const high = above === 0 ? low : between(data, upper * frames, left[t], right[t], share[t]);
      warped[band * frames + t] = low * (1 - above) + high * above;
    }
  }
  return { ...mel, data: warped };
}

function between(data: Float32Array, row: number, left: number, right: number, share: number): number {
  const before = left < 0 ? 0 : data[row + left];
  if (share === 0) return before;
  return before * (1 - share) + (right < 0 ? 0 : data[row + right]) * share;
}

/** Of each band, which one its centre had been before the pitch changed. */
function sourceBands(bands: number, semitones: number, { fMin, fMax, melScale }: MelBands): Float64Array {
  if (semitones === 0) return Float64Array.from({ length: bands }, (_, band) => band);
  const lowest = hzToMel(fMin, melScale);
  const step = (hzToMel(fMax, melScale) - lowest) / (bands + 1);
  return Float64Array.from({ length: bands }, (_, band) => {
    const hz = melToHz(lowest + step * (band + 1), melScale) / 2 ** (semitones / 12);
    return Math.min(bands - 1, Math.max(0, (hzToMel(hz, melScale) - lowest) / step - 1));
  });
}
