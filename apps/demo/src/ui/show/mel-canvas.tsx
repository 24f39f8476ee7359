import type { Mel } from 'visual-echoes';
import { heatRamp } from '../palette.js';
import { theme } from '../state/theme.js';
import { usePainting } from './use-painting.js';

/** A mel spectrogram: time from left to right, the lowest band at the bottom. */
export function MelCanvas({ mel, name }: { mel: Mel | undefined; name: string }) {
  const shade = theme.value;
  const canvas = usePainting(
    (element) => {
      if (!mel) {
        element.width = element.height = 1;
        return;
      }
      const { bands, frames, data } = mel;
      element.width = frames;
      element.height = bands;
      const pixels = new ImageData(frames, bands);
      const ramp = heatRamp[shade];
      for (let band = 0; band < bands; band++) {
        for (let frame = 0; frame < frames; frame++) {
          const value = Math.min(255, Math.max(0, Math.round(255 * data[band * frames + frame])));
          pixels.data.set(ramp.subarray(4 * value, 4 * value + 4), 4 * ((bands - 1 - band) * frames + frame));
        }
      }
      element.getContext('2d')!.putImageData(pixels, 0, 0);
    },
    [mel, shade],
  );
  return (
    <canvas ref={canvas} class="square pixels" role="img" aria-label={mel ? name : `${name}: none yet`} />
  );
}
