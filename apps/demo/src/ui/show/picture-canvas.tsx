import type { Picture } from 'visual-echoes';
import { pictureToImageData } from '../../media/picture-to-image-data.js';
import { inkRamp } from '../palette.js';
import { theme } from '../state/theme.js';
import { putImage, putNothing, putPixels } from './put-pixels.js';
import { usePainting } from './use-painting.js';

/** A picture, pixel by pixel: a grey one in ink, a coloured one as it is; an empty square where there is none. */
export function PictureCanvas({ picture, name }: { picture: Picture | undefined; name: string }) {
  const shade = theme.value;
  const canvas = usePainting(
    ({ canvas: element }) => {
      if (!picture) return putNothing(element);
      const { width, height, channels, data } = picture;
      if (channels === 3) putImage(element, pictureToImageData(picture));
      else putPixels(element, width, height, inkRamp[shade], (y, x) => data[y * width + x]);
    },
    [picture, shade],
  );
  return (
    <canvas ref={canvas} class="square pixels" role="img" aria-label={picture ? name : `${name}: none yet`} />
  );
}
