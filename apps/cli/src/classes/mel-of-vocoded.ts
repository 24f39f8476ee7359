import { type Mel, MelSpectrogram, type Waveform } from '@visual-echoes/vq-audio';
import type { ModelManifest } from 'visual-echoes';
import { melOfAnyLength } from '../prepare/clip-form.js';
import { keepFrames } from '../training/keep-frames.js';

/** What a vocoder made of a mel spectrogram → a mel spectrogram of the same frames. */
export function melOfVocoded(
  { channels: [samples] }: Waveform,
  { frames, ...config }: ModelManifest['parts']['audio']['mel'],
): Mel {
  const spectrogram = new MelSpectrogram(melOfAnyLength(config));
  return keepFrames(spectrogram.forward(samples), 0, frames);
}
