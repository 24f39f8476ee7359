import type { Picture } from 'visual-echoes';
import { inkRamp } from '../palette.js';
import { theme } from '../state/theme.js';
import { usePainting } from './use-painting.js';

/** A picture, pixel by pixel; an empty square where there is none. */
export function PictureCanvas({ picture, name }: { picture: Picture | undefined; name: string }) {
  const shade = theme.value;
  const canvas = usePainting(
    (element) => {
      if (!picture) {
        element.width = element.height = 1;
        return;
      }
      const { width, height, channels, data } = picture;
      element.width = width;
      element.height = height;
      const pixels = new ImageData(width, height);
      const ramp = inkRamp[shade];
      for (let i = 0; i < width * height; i++) {
        if (channels === 1) pixels.data.set(ramp.subarray(4 * data[i], 4 * data[i] + 4), 4 * i);
        else pixels.data.set([data[3 * i], data[3 * i + 1], data[3 * i + 2], 255], 4 * i);
      }
      element.getContext('2d')!.putImageData(pixels, 0, 0);
    },
    [picture, shade],
  );
  return (
    <canvas ref={canvas} class="square pixels" role="img" aria-label={picture ? name : `${name}: none yet`} />
  );
}
