import {
  type Mel,
  MelSpectrogram,
  prepareSound,
  resample,
  toMono,
  type Waveform,
} from '@visual-echoes/vq-audio';
import { melOfAnyLength } from '../prepare/clip-form.js';
import type { MelSettings } from './mel-settings.js';

/**
 * The mel spectrogram of a whole sound, its channels mixed in equal parts and brought to the configuration's rate.
 *
 * @param options.clip instead, that of the clip that a model takes: prepared as its recordings are, padded with
 * silence, cut to its frames.
 * @throws InvalidInputError for sounds that are too short, silent or too long.
 */
export async function melOfSound(
  sound: Waveform,
  { mel, preprocessing }: MelSettings,
  { clip = false }: { clip?: boolean } = {},
): Promise<Mel> {
  if (clip && preprocessing) {
    return new MelSpectrogram(mel).forward(await prepareSound(sound, preprocessing));
  }
  const samples = await resample(toMono(sound), sound.sampleRate, mel.sampleRate);
  if (!clip) return new MelSpectrogram(melOfAnyLength(mel)).forward(samples);
  const padded = new Float32Array(Math.max(samples.length, (mel.firstFrames ?? 0) * mel.hopLength));
  padded.set(samples);
  return new MelSpectrogram(mel).forward(padded);
}
