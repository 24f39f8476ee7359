import { InvalidInputError } from '@visual-echoes/core';
import { type MelConfig, MelSpectrogram } from '@visual-echoes/vq-audio';
import type { Wanted } from '../evaluation/sound-distances.js';
import { melOfAnyLength } from '../prepare/clip-form.js';
import { keepFrames } from '../training/keep-frames.js';
import { peakOf, SILENCE } from './peak.js';

/** What a vocoder's sounds are held against, and the mel spectrogram that both are compared by. */
export interface WantedSounds extends Wanted {
  spectrogram: MelSpectrogram;
}

/** Those of files, which `ids` name. */
export interface NamedSounds extends WantedSounds {
  ids: readonly string[];
}

/**
 * Recordings and their mels, of whole frames: what is shorter than `leastSamples` is followed by silence. Those that are
 * silent are left out, since a distance to silence is a share of nothing.
 * @throws InvalidInputError where all are.
 */
export function wantedSounds(
  sounds: readonly { id: string; samples: Float32Array }[],
  mel: MelConfig,
  { leastSamples }: { leastSamples: number },
): NamedSounds {
  const spectrogram = new MelSpectrogram(melOfAnyLength(mel));
  const heard = sounds.filter(({ samples }) => peakOf(samples) >= SILENCE);
  const least = Math.ceil(leastSamples / mel.hopLength);
  const recordings = heard.map(({ samples }) => {
    const whole = new Float32Array(
      Math.max(Math.floor(samples.length / mel.hopLength), least) * mel.hopLength,
    );
    whole.set(samples.subarray(0, whole.length));
    return whole;
  });
  if (recordings.length === 0) {
    throw new InvalidInputError('All sounds that are held back are silent; hold back others.');
  }
  const mels = recordings.map((samples) =>
    keepFrames(spectrogram.forward(samples), 0, samples.length / mel.hopLength),
  );
  return { ids: heard.map(({ id }) => id), spectrogram, recordings, mels };
}
