import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { breathe } from './breathe.js';

/** Samples that are looked at before the page may draw again: a millisecond, on a telephone five. */
const PIECE = 2 ** 18;

/**
 * Refuses a sound with nothing in it to hear.
 *
 * @param silence of full scale; what is nowhere louder is silent
 * @param remedy what the visitor can do, a sentence
 * @throws StudioError `invalid-input` for no samples, silence, NaN or infinities.
 */
export async function checkSound(sound: Waveform, silence: number, remedy: string): Promise<void> {
  let peak = 0;
  for (const channel of sound.channels) {
    for (let from = 0; from < channel.length; from += PIECE) {
      if (from > 0) await breathe();
      const to = Math.min(from + PIECE, channel.length);
      for (let i = from; i < to; i++) {
        const loudness = Math.abs(channel[i]);
        if (loudness > peak) peak = loudness;
        else if (Number.isNaN(loudness)) peak = Number.POSITIVE_INFINITY;
      }
    }
  }
  if (!sound.channels[0]?.length)
    throw new StudioError('invalid-input', `There is no sound in it. ${remedy}`);
  if (peak === Number.POSITIVE_INFINITY) {
    throw new StudioError('invalid-input', `The sound is damaged: it holds what are no numbers. ${remedy}`);
  }
  if (peak <= silence) throw new StudioError('invalid-input', `Only silence was heard. ${remedy}`);
}
