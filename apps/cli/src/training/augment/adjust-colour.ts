import type { Picture } from '@visual-echoes/vq-image';

/** A picture times a factor. */
export const adjustBrightness = (picture: Picture, factor: number): Picture =>
  made(picture, (value) => value * factor);

/** A picture's distance from its mean grey, times a factor. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  const pixels = picture.width * picture.height;
  let mean = 0;
  for (let i = 0; i < pixels; i++) mean += grey(picture, i) / pixels;
  return made(picture, (value) => mean + (value - mean) * factor);
}

/** Each pixel's distance from its own grey, times a factor; a grey picture stays as it is. */
export function adjustSaturation(picture: Picture, factor: number): Picture {
  if (picture.channels === 1) return picture;
  return made(picture, (value, i) => {
    const own = grey(picture, i);
    return own + (value - own) * factor;
  });
}

/**
 * Each pixel's hue turned by a share of the colour circle, its value and chroma kept (HSV); a grey picture stays as it is.
 * @param turn −0.5..0.5; a third makes red of green's place.
 */
export function adjustHue(picture: Picture, turn: number): Picture {
  const { data } = picture;
  if (picture.channels === 1) return picture;
  const turned = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    const value = Math.max(r, g, b);
    const chroma = value - Math.min(r, g, b);
    const sextant = chroma === 0 ? 0 : sextantOf(r, g, b, value, chroma) + 6 * turn;
    for (let c = 0; c < 3; c++) {
      const k = modulo(5 - 2 * c + sextant, 6);
      turned[i + c] = value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
    }
  }
  return { ...picture, data: new Uint8Array(turned.buffer) };
}

/** The hue in sixths of the circle, from red over green to blue. */
function sextantOf(r: number, g: number, b: number, value: number, chroma: number): number {
  if (value === r) return (g - b) / chroma;
  return value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
}

/** Luma of pixel `i`, ITU-R BT.601. */
function grey({ channels, data }: Picture, i: number): number {
  return channels === 1 ? data[i] : 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2];
}

/** Every value changed, rounded and kept within 0..255. */
function made(picture: Picture, change: (value: number, pixel: number) => number): Picture {
  const { channels, data } = picture;
  const changed = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) changed[i] = change(data[i], channels === 1 ? i : Math.floor(i / 3));
  return { ...picture, data: new Uint8Array(changed.buffer) };
}

const modulo = (value: number, n: number) => ((value % n) + n) % n;
