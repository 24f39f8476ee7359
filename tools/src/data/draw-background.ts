import type { Random } from '@visual-echoes/core';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** A colour that is drawn by chance, pale ones more often than loud ones. */
export function randomColour(random: Random): Colour {
  const saturation = random.uniform() ** 1.5 * 0.8;
  return hsl(random.uniform(0, 360), saturation, random.uniform(0.08, 0.98));
}

/** Two colours' distance, 0 to 441. */
export const colourDistance = (a: Colour, b: Colour) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** How much of a second colour there is at a place, 0 to 1; x and y are 0 to 1. */
type Ground = (x: number, y: number) => number;

const GROUNDS: readonly ((random: Random) => Ground)[] = [
  () => () => 0,
  gradient,
  radial,
  noise,
  noise,
  stripes,
  squares,
];

/**
 * A background around a colour: plain, a gradient, soft noise, stripes or squares, RGB, [side × side × 3]. What varies
 * stays near the colour, so that the drawing on it can be seen.
 */
export function drawBackground(side: number, colour: Colour, random: Random): Uint8Array {
  const other = near(colour, random);
  const share = GROUNDS[random.integer(GROUNDS.length)](random);
  const grain = random.uniform() < 0.3 ? random.uniform(2, 8) : 0;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const t = share(x / side, y / side);
      const speck = grain && random.normal(0, grain);
      for (let c = 0; c < 3; c++, at++) data[at] = clamp(colour[c] + t * (other[c] - colour[c]) + speck);
    }
  }
  return data;
}

function gradient(random: Random): Ground {
  const angle = random.uniform(0, 2 * Math.PI);
  return (x, y) => clampUnit(0.5 + Math.cos(angle) * (x - 0.5) + Math.sin(angle) * (y - 0.5));
}

function radial(random: Random): Ground {
  const [cx, cy, radius] = [random.uniform(), random.uniform(), random.uniform(0.5, 1.2)];
  return (x, y) => clampUnit(Math.hypot(x - cx, y - cy) / radius);
}

/** Value noise of two octaves: random numbers on a grid, and smooth between. */
function noise(random: Random): Ground {
  const cells = 3 + random.integer(8);
  const octaves = [cells, 2 * cells].map((n) => ({ n, values: random.uniforms((n + 2) ** 2) }));
  const at = (x: number, y: number, { n, values }: (typeof octaves)[0]) => {
    const [i, j] = [Math.floor(x * n), Math.floor(y * n)];
    const [u, v] = [smooth(x * n - i), smooth(y * n - j)];
    const value = (k: number, l: number) => values[(j + l) * (n + 2) + i + k];
    return mix(mix(value(0, 0), value(1, 0), u), mix(value(0, 1), value(1, 1), u), v);
  };
  return (x, y) => (2 * at(x, y, octaves[0]) + at(x, y, octaves[1])) / 3;
}

function stripes(random: Random): Ground {
  const [angle, count] = [random.uniform(0, Math.PI), random.uniform(3, 12)];
  return (x, y) => 0.5 + 0.5 * Math.sin(2 * Math.PI * count * (Math.cos(angle) * x + Math.sin(angle) * y));
}

function squares(random: Random): Ground {
  const count = 3 + random.integer(8);
  return (x, y) => (Math.floor(x * count) + Math.floor(y * count)) % 2;
}

/** A colour a step away, lighter or darker. */
function near(colour: Colour, random: Random): Colour {
  const step = random.uniform(12, 45) * (random.uniform() < 0.5 ? -1 : 1);
  return [0, 1, 2].map((c) => clamp(colour[c] + step + random.uniform(-12, 12))) as unknown as Colour;
}

/** Hue in degrees, saturation and lightness 0 to 1 (CSS Color 4). */
function hsl(hue: number, saturation: number, lightness: number): Colour {
  const f = (n: number) => {
    const k = (n + hue / 30) % 12;
    const a = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [f(0), f(8), f(4)];
}

const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
const clampUnit = (value: number) => Math.max(0, Math.min(1, value));
const mix = (a: number, b: number, t: number) => a + t * (b - a);
const smooth = (t: number) => t * t * (3 - 2 * t);
