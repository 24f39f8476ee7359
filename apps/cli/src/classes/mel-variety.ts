import { meanAbsoluteError } from '@visual-echoes/metrics';
import type { Mel } from '@visual-echoes/vq-audio';

/** The mean absolute difference of all pairs of mel spectrograms of one form. */
export function pairwise(mels: readonly Mel[]): number {
  let [sum, pairs] = [0, 0];
  mels.forEach((mel, i) => {
    for (const other of mels.slice(i + 1)) {
      sum += meanAbsoluteError(mel.data, other.data);
      pairs++;
    }
  });
  return sum / pairs;
}

/** The mean absolute difference of the first and the second half of a mel spectrogram: two crops that share nothing. */
export function betweenHalves({ bands, frames, data }: Mel): number {
  const half = Math.floor(frames / 2);
  let sum = 0;
  for (let band = 0; band < bands; band++) {
    const first = data.subarray(band * frames, band * frames + half);
    const second = data.subarray(band * frames + frames - half, (band + 1) * frames);
    sum += meanAbsoluteError(first, second) / bands;
  }
  return sum;
}
