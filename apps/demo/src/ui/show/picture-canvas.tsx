import type { Picture } from 'visual-echoes';
import { inkRamp } from '../palette.js';
import { theme } from '../state/theme.js';
import { putNothing, putPixels } from './put-pixels.js';
import { usePainting } from './use-painting.js';

/** A picture, pixel by pixel; an empty square where there is none. */
export function PictureCanvas({ picture, name }: { picture: Picture | undefined; name: string }) {
  const shade = theme.value;
  const canvas = usePainting(
    ({ canvas: element }) => {
      if (!picture) return putNothing(element);
      const { width, height, channels, data } = picture;
      // The page's model is grey; of a coloured picture, green is the most of what one sees.
      const at = channels === 3 ? 1 : 0;
      putPixels(element, width, height, inkRamp[shade], (y, x) => data[(y * width + x) * channels + at]);
    },
    [picture, shade],
  );
  return (
    <canvas ref={canvas} class="square pixels" role="img" aria-label={picture ? name : `${name}: none yet`} />
  );
}
