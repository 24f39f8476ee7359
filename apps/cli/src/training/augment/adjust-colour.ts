import type { Picture } from '@visual-echoes/vq-image';

/** A picture times a factor. */
export const adjustBrightness = (picture: Picture, factor: number): Picture =>
  byTable(picture, (value) => value * factor);

/** A picture's distance from its mean grey, times a factor. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  const { channels, data } = picture;
  let sum = 0;
  for (let i = 0; i < data.length; i += channels) sum += channels === 1 ? data[i] : luma(data, i);
  const mean = sum / (data.length / channels);
  return byTable(picture, (value) => mean + (value - mean) * factor);
}

/** Each pixel's distance from its own grey, times a factor; a grey picture stays as it is. */
export function adjustSaturation(picture: Picture, factor: number): Picture {
  const { channels, data } = picture;
  if (channels === 1) return picture;
  const adjusted = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const grey = luma(data, i) * (1 - factor);
    for (let c = i; c < i + 3; c++) adjusted[c] = grey + data[c] * factor;
  }
  return { ...picture, data: new Uint8Array(adjusted.buffer) };
}

/**
 * Each pixel's hue turned by a share of the colour circle, its value and chroma kept (HSV); a grey picture stays as it is.
 * @param turn −0.5..0.5; by a third, red becomes green.
 */
export function adjustHue(picture: Picture, turn: number): Picture {
  const { channels, data } = picture;
  if (channels === 1) return picture;
  const turned = new Uint8ClampedArray(data.length);
  const sixths = 6 * turn + 6;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i];
    const g = data[i + 1];
    const b = data[i + 2];
    const value = Math.max(r, g, b);
    const chroma = value - Math.min(r, g, b);
    const hue = chroma === 0 ? 0 : hueOf(r, g, b, value, chroma) + sixths;
    turned[i] = value - chroma * missing((5 + hue) % 6);
    turned[i + 1] = value - chroma * missing((3 + hue) % 6);
    turned[i + 2] = value - chroma * missing((1 + hue) % 6);
  }
  return { ...picture, data: new Uint8Array(turned.buffer) };
}

/** The hue in sixths of the circle, −1..5, from red over green to blue. */
function hueOf(r: number, g: number, b: number, value: number, chroma: number): number {
  if (value === r) return (g - b) / chroma;
  return value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
}

/** How much of the chroma a channel lacks, so many sixths of the circle from where it begins to. */
const missing = (sixths: number) => Math.max(0, Math.min(sixths, 4 - sixths, 1));

/** Luma of the pixel at `i`, ITU-R BT.601. */
const luma = (data: Uint8Array, i: number) => 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];

/** Every value changed alike, rounded and kept within 0..255. */
function byTable(picture: Picture, change: (value: number) => number): Picture {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => change(value));
  const { data } = picture;
  const changed = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) changed[i] = table[data[i]];
  return { ...picture, data: changed };
}
