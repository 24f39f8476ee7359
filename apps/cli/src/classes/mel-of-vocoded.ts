import { type Mel, MelSpectrogram, type Waveform } from '@visual-echoes/vq-audio';
import type { ModelManifest } from 'visual-echoes';

/** What a vocoder made of a mel spectrogram → a mel spectrogram of the same frames. */
export function melOfVocoded(
  { channels: [samples] }: Waveform,
  { frames, ...config }: ModelManifest['parts']['audio']['mel'],
): Mel {
  const spectrogram = new MelSpectrogram({ ...config, firstFrames: null, centerFrames: null });
  const made = spectrogram.forward(samples);
  const data = new Float32Array(made.bands * frames); // silence, where it is shorter
  for (let band = 0; band < made.bands; band++) {
    const row = made.data.subarray(band * made.frames, (band + 1) * made.frames);
    data.set(row.subarray(0, frames), band * frames);
  }
  return { bands: made.bands, frames, data };
}
