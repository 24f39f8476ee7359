import { InvalidInputError } from '@visual-echoes/core';
import type { Picture } from '../picture.js';
import { estimateBackground } from './estimate-background.js';
import { findInk, type Ink, longerSide } from './find-ink.js';
import { dilate, mapPlane, newPlane, type Plane, resize, toGrey } from './plane.js';

const SIDE = 28;
const MIDDLE = 14.5; // the centre of pixel 14, from the corner of the first: where MNIST's centres of mass lie
const BOX = 20;
const WORKING_SIDE = 640;
const SMALLEST_SIDE = 8;
const THINNEST_STROKE = 1.6; // MNIST's pixels; a pen that leaves less is made broader

/**
 * What people bring → MNIST's form, by MNIST's own recipe (LeCun et al., 1998): the digit, dark on light or light
 * on dark, is freed from uneven light, cut out, scaled to fit 20 × 20, and set into 28 × 28 with its centre of mass
 * in the middle, light on dark. A picture that already has this form comes back as it is.
 *
 * @throws InvalidInputError where there is no digit to be found.
 *
 * @example
 * const [tokens] = await tokenizer.encode([toMnistForm(photograph)]);
 */
export function toMnistForm(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (data.length !== width * height * channels) {
    throw new InvalidInputError(
      `A picture of ${width}×${height} with ${channels} channels has ${width * height * channels} values, ` +
        `not ${data.length}; decode it again.`,
    );
  }
  if (Math.min(width, height) < SMALLEST_SIDE) {
    throw new InvalidInputError(
      `A picture of ${width}×${height} is too small to hold a digit; use one of 28×28 or more.`,
    );
  }
  const grey = toGrey(picture);
  if (hasMnistForm(grey)) return toPicture(grey);
  const working = reduce(grey);
  const ink = findAnyInk(working);
  if (!ink) {
    throw new InvalidInputError(
      'No digit was found in the picture; use one digit, well apart from the edge, on a plain background.',
    );
  }
  return toPicture(centred(scaled(ink)));
}

function reduce(grey: Plane): Plane {
  const scale = WORKING_SIDE / Math.max(grey.width, grey.height);
  if (scale >= 1) return grey;
  return resize(
    grey,
    Math.max(1, Math.round(grey.width * scale)),
    Math.max(1, Math.round(grey.height * scale)),
  );
}

/** Ink, dark on light or light on dark: whichever leaves the smoother page. */
function findAnyInk(grey: Plane): Ink | null {
  const tries = [grey, mapPlane(grey, (value) => 1 - value)].map((positive) => ({
    positive,
    ...estimateBackground(positive),
  }));
  tries.sort((a, b) => a.roughness - b.roughness);
  for (const { positive, page } of tries) {
    // The share of the page's light that is missing, so that ink in a shadow is as dark as elsewhere.
    const ink = findInk(
      mapPlane(positive, (value, i) => (page.data[i] - value) / Math.max(0.25, page.data[i])),
    );
    if (ink) return ink;
  }
  return null;
}

/** The digit in the box of 20 × 20, its strokes as broad as a pen of MNIST's leaves them. */
function scaled({ plane, box, strokeWidth }: Ink): Plane {
  const longer = longerSide(box);
  const missing = ((THINNEST_STROKE * longer) / BOX - strokeWidth) / 2;
  const radius = strokeWidth * (BOX / longer) < THINNEST_STROKE ? Math.max(0, Math.round(missing)) : 0;
  const bold = radius > 0 ? dilate(plane, radius) : plane;
  const left = box.left - radius;
  const top = box.top - radius;
  const width = box.right + radius - left;
  const height = box.bottom + radius - top;
  const scale = BOX / Math.max(width, height);
  const columns = Math.max(1, Math.round(width * scale));
  const rows = Math.max(1, Math.round(height * scale));
  const small = resize(bold, columns, rows, { left, top, right: left + width, bottom: top + height });
  const peak = small.data.reduce((a, b) => Math.max(a, b), 0);
  return mapPlane(small, (value) => value / peak);
}

/** Into 28 × 28, moved by whole pixels until the centre of mass is nearest to the middle. */
function centred(digit: Plane): Plane {
  const { x, y } = centreOfMass(digit);
  const dx = Math.round(MIDDLE - x);
  const dy = Math.round(MIDDLE - y);
  const out = newPlane(SIDE, SIDE);
  for (let row = 0; row < digit.height; row++) {
    for (let column = 0; column < digit.width; column++) {
      const u = column + dx;
      const v = row + dy;
      if (u < 0 || v < 0 || u >= SIDE || v >= SIDE) continue;
      out.data[v * SIDE + u] = digit.data[row * digit.width + column];
    }
  }
  return out;
}

/** In pixels from the upper left corner of the first one. */
function centreOfMass({ width, data }: Plane): { x: number; y: number } {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < data.length; i++) {
    mass += data[i];
    x += ((i % width) + 0.5) * data[i];
    y += (Math.floor(i / width) + 0.5) * data[i];
  }
  return { x: x / mass, y: y / mass };
}

/** 28 × 28, light on an empty border, no larger than the box, and in the middle. */
function hasMnistForm(grey: Plane): boolean {
  const { width, height, data } = grey;
  if (width !== SIDE || height !== SIDE) return false;
  const box = { left: SIDE, top: SIDE, right: 0, bottom: 0 };
  let peak = 0;
  for (let i = 0; i < data.length; i++) {
    peak = Math.max(peak, data[i]);
    if (data[i] < 0.02) continue;
    box.left = Math.min(box.left, i % SIDE);
    box.right = Math.max(box.right, (i % SIDE) + 1);
    box.top = Math.min(box.top, Math.floor(i / SIDE));
    box.bottom = Math.max(box.bottom, Math.floor(i / SIDE) + 1);
  }
  const longer = Math.max(box.right - box.left, box.bottom - box.top);
  if (peak < 0.8 || longer < BOX - 2 || longer > BOX + 1) return false;
  const { x, y } = centreOfMass(grey);
  return Math.abs(x - MIDDLE) <= 1 && Math.abs(y - MIDDLE) <= 1;
}

function toPicture({ width, height, data }: Plane): Picture {
  return {
    width,
    height,
    channels: 1,
    data: Uint8Array.from(data, (value) => Math.round(255 * value)),
  };
}
