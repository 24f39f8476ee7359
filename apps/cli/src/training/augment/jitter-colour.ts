import type { Random } from '@visual-echoes/core';
import type { Picture } from '@visual-echoes/vq-image';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './adjust-colour.js';

/** How far colours may be changed, as the half-widths of uniform draws, by the names of torchvision's `ColorJitter`. */
export interface ColourJitter {
  /** Of a factor about 1, as the next two are. */
  brightness?: number | undefined;
  contrast?: number | undefined;
  saturation?: number | undefined;
  /** Of a turn of the colour circle, at most half of it. */
  hue?: number | undefined;
}

/** Changes brightness, contrast, saturation and hue in random order, as torchvision's `ColorJitter` does. */
export function jitterColour(
  picture: Picture,
  { brightness = 0, contrast = 0, saturation = 0, hue = 0 }: ColourJitter,
  random: Random,
): Picture {
  const order = random.permutation(4);
  const about = (width: number) => random.uniform(Math.max(0, 1 - width), 1 + width);
  const [b, c, s] = [about(brightness), about(contrast), about(saturation)];
  const turn = random.uniform(-hue, hue);
  const adjust: ((picture: Picture) => Picture)[] = [
    (one) => (brightness === 0 ? one : adjustBrightness(one, b)),
    (one) => (contrast === 0 ? one : adjustContrast(one, c)),
    (one) => (saturation === 0 ? one : adjustSaturation(one, s)),
    (one) => (hue === 0 ? one : adjustHue(one, turn)),
  ];
  return order.reduce<Picture>((one, i) => adjust[i](one), picture);
}
