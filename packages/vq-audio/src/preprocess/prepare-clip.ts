import { InvalidInputError } from '@visual-echoes/core';
import { resample } from '../resample/resample.js';
import { toMono, type Waveform } from '../wav/waveform.js';

/** How any sound becomes the clip that a model takes, as plain JSON. */
export interface ClipPreprocessing {
  /** Of the clip, Hz. */
  sampleRate: number;
  /** Of the clip: what is longer loses its end, what is shorter is followed by silence. 10 in VGGSound. */
  seconds: number;
}

/**
 * The first seconds of any sound, mono and at the model's rate: → [seconds · sampleRate]. Nothing else is done to it.
 * @throws InvalidInputError for sounds that are empty or not finite.
 *
 * @example
 * const clip = await prepareClip(readWav(bytes), { sampleRate: 22050, seconds: 10 });
 * const mel = new MelSpectrogram(MEL_SPECVQGAN).forward(clip);
 */
export async function prepareClip(
  sound: Waveform,
  { sampleRate, seconds }: ClipPreprocessing,
): Promise<Float32Array> {
  const mono = toMono(sound).subarray(0, Math.ceil(seconds * sound.sampleRate));
  if (mono.length === 0) throw new InvalidInputError('The sound is empty. Record or export it again.');
  const resampled = await resample(mono, sound.sampleRate, sampleRate);
  const clip = new Float32Array(Math.round(seconds * sampleRate));
  clip.set(resampled.subarray(0, clip.length));
  return clip;
}
