import type { Mel } from 'visual-echoes';
import { heatRamp } from '../palette.js';
import { theme } from '../state/theme.js';
import { putNothing, putPixels } from './put-pixels.js';
import { usePainting } from './use-painting.js';

/** A mel spectrogram: time from left to right, the lowest band at the bottom. */
export function MelCanvas({ mel, name }: { mel: Mel | undefined; name: string }) {
  const shade = theme.value;
  const canvas = usePainting(
    ({ canvas: element }) => {
      if (!mel) return putNothing(element);
      const { bands, frames, data } = mel;
      putPixels(element, frames, bands, heatRamp[shade], (row, frame) => {
        const share = data[(bands - 1 - row) * frames + frame];
        return Math.round(255 * Math.min(1, Math.max(0, share)));
      });
    },
    [mel, shade],
  );
  return (
    <canvas ref={canvas} class="square pixels" role="img" aria-label={mel ? name : `${name}: none yet`} />
  );
}
