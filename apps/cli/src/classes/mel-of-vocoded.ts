import { type Mel, MelSpectrogram, type Waveform } from '@visual-echoes/vq-audio';
import type { ModelManifest } from 'visual-echoes';
import { keepFrames } from '../training/keep-frames.js';

/** What a vocoder made of a mel spectrogram → a mel spectrogram of the same frames. */
export function melOfVocoded(
  { channels: [samples] }: Waveform,
  { frames, ...config }: ModelManifest['parts']['audio']['mel'],
): Mel {
  const spectrogram = new MelSpectrogram({ ...config, firstFrames: null, centerFrames: null });
  return keepFrames(spectrogram.forward(samples), 0, frames);
}
