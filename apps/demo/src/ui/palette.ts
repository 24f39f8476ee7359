import type { Theme } from './state/theme.js';

/** As `--ink` in the stylesheet. */
export const INK: Record<Theme, string> = { light: '#111417', dark: '#f0f2f3' };

type Stop = readonly [red: number, green: number, blue: number];

/** From nothing to everything: paper to ink. */
const INKS: Record<Theme, readonly Stop[]> = {
  light: [
    [233, 236, 238],
    [17, 20, 23],
  ],
  dark: [
    [9, 11, 13],
    [243, 245, 246],
  ],
};

/** From silence to loud, over the accent. */
const HEATS: Record<Theme, readonly Stop[]> = {
  light: [
    [233, 236, 238],
    [243, 195, 172],
    [222, 84, 38],
    [120, 24, 24],
    [22, 12, 20],
  ],
  dark: [
    [9, 11, 13],
    [62, 20, 34],
    [196, 54, 28],
    [255, 146, 92],
    [255, 240, 214],
  ],
};

/** Colours of 0..255, as `ImageData` wants them, [256 × red, green, blue, alpha]. */
export type Ramp = Uint8ClampedArray<ArrayBuffer>;

export const inkRamp: Record<Theme, Ramp> = { light: ramp(INKS.light), dark: ramp(INKS.dark) };
export const heatRamp: Record<Theme, Ramp> = { light: ramp(HEATS.light), dark: ramp(HEATS.dark) };

/** The colour of a token: neighbouring ids are far apart, by the golden angle. */
export function tokenColor(id: number, theme: Theme): string {
  const hue = (id * 137.508) % 360;
  const lightness = (theme === 'light' ? 0.68 : 0.66) + 0.1 * ((id % 3) - 1);
  return `oklch(${lightness.toFixed(3)} 0.125 ${hue.toFixed(1)})`;
}

function ramp(stops: readonly Stop[]): Ramp {
  const colors = new Uint8ClampedArray(256 * 4);
  for (let value = 0; value < 256; value++) {
    const at = (value / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(at), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [a, b] = [stops[from][channel], stops[from + 1][channel]];
      colors[4 * value + channel] = a + (at - from) * (b - a);
    }
    colors[4 * value + 3] = 255;
  }
  return colors;
}
