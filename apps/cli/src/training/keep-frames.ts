import type { Mel } from '@visual-echoes/vq-audio';

/** So many frames of a mel spectrogram from one on; beyond its end, silence. */
export function keepFrames({ data, bands, frames: all }: Mel, from: number, frames: number): Mel {
  const kept = new Float32Array(bands * frames);
  for (let band = 0; band < bands; band++) {
    kept.set(data.subarray(band * all + from, band * all + Math.min(all, from + frames)), band * frames);
  }
  return { data: kept, bands, frames };
}
