import { otsuThreshold } from './otsu-threshold.js';
import { dilate, mapPlane, newPlane, type Plane, resize } from './plane.js';

/** The page is looked at this small: what is left is light, shadow and ink. */
const COARSE = 64;

/** Ink is no broader than this share of the longer side. */
const BROADEST_STROKE = 0.3;

/** A page without its ink. */
export interface Background {
  /** `[H, W]` of 0..1, as light and shadow leave it. */
  page: Plane;
  /** Its total variation: light and shadow are smooth, a page that is taken from ink has the ink's edges. */
  roughness: number;
}

/**
 * The page without its dark ink: a grey closing finds where the ink is, and the light is then continued beneath
 * it from around it.
 */
export function estimateBackground(grey: Plane): Background {
  const scale = Math.min(1, COARSE / Math.max(grey.width, grey.height));
  const width = Math.max(1, Math.round(grey.width * scale));
  const height = Math.max(1, Math.round(grey.height * scale));
  const coarse = resize(grey, width, height);
  const radius = Math.ceil((Math.max(width, height) * BROADEST_STROKE) / 2);
  const negative = (plane: Plane) => mapPlane(plane, (value) => -value);
  const closed = negative(dilate(negative(dilate(coarse, radius)), radius));
  const darkness = mapPlane(coarse, (value, i) => closed.data[i] - value);
  const threshold = Math.max(0.02, otsuThreshold(darkness.data));
  const ink = dilate(
    mapPlane(darkness, (value) => (value > threshold ? 1 : 0)),
    1,
  );
  const page = fillIn(coarse, ink);
  return { page: enlarge(page, grey.width, grey.height), roughness: totalVariation(page) };
}

function totalVariation({ width, height, data }: Plane): number {
  let sum = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x > 0) sum += Math.abs(data[i] - data[i - 1]);
      if (y > 0) sum += Math.abs(data[i] - data[i - width]);
    }
  }
  return sum;
}

/** Values where `hole` is 1 continued from those around, coarse to fine (push–pull; Gortler et al., 1996). */
function fillIn(plane: Plane, hole: Plane): Plane {
  const weight = mapPlane(hole, (value) => 1 - value);
  return pull(plane, weight);
}

function pull(plane: Plane, weight: Plane): Plane {
  const { width, height } = plane;
  if (width === 1 && height === 1) return plane;
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const sums = newPlane(halfWidth, halfHeight);
  const weights = newPlane(halfWidth, halfHeight);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y >> 1) * halfWidth + (x >> 1);
      const from = y * width + x;
      sums.data[to] += plane.data[from] * weight.data[from];
      weights.data[to] += weight.data[from];
    }
  }
  const means = mapPlane(sums, (sum, i) => (weights.data[i] > 0 ? sum / weights.data[i] : 0));
  const known = mapPlane(weights, (sum) => Math.min(1, sum));
  const filled = enlarge(pull(means, known), width, height, 2);
  return mapPlane(plane, (value, i) => value * weight.data[i] + filled.data[i] * (1 - weight.data[i]));
}

/** Bilinear enlargement whose outermost values reach to the edge. */
function enlarge(plane: Plane, width: number, height: number, factor?: number): Plane {
  const out = newPlane(width, height);
  const scaleX = factor ? 1 / factor : plane.width / width;
  const scaleY = factor ? 1 / factor : plane.height / height;
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
  for (let y = 0; y < height; y++) {
    const v = clamp((y + 0.5) * scaleY - 0.5, plane.height - 1);
    const y0 = Math.floor(v);
    const y1 = Math.min(plane.height - 1, y0 + 1);
    for (let x = 0; x < width; x++) {
      const u = clamp((x + 0.5) * scaleX - 0.5, plane.width - 1);
      const x0 = Math.floor(u);
      const x1 = Math.min(plane.width - 1, x0 + 1);
      const at = (row: number, column: number) => plane.data[row * plane.width + column];
      const upper = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * (u - x0);
      const lower = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * (u - x0);
      out.data[y * width + x] = upper + (lower - upper) * (v - y0);
    }
  }
  return out;
}
