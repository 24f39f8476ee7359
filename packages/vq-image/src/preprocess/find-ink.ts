import { otsuThreshold } from './otsu-threshold.js';
import { type Box, dilate, mapPlane, type Plane, smooth } from './plane.js';

/** A digit's ink, cut out of its page. */
export interface Ink {
  /** How much ink is where, 0..1; 0 wherever the digit is not. */
  plane: Plane;
  /** The smallest box around it. */
  box: Box;
  /** Mean width of its strokes, in pixels. */
  strokeWidth: number;
}

interface Component {
  label: number;
  /** Pixels that are surely ink. */
  area: number;
  box: Box;
  touchesEdge: boolean;
}

const FAINTEST = 0.1; // of the page's light: paler is no ink
const SPECK = 0.04; // of the largest component's area: smaller is dirt
const NEAR = 0.35; // of the largest component's longer side: parts of one digit are no further apart
const DIGIT_SHARE = 0.4; // of all ink on the page that the digit must have, or the page is noise or text

/**
 * Finds the digit in `darkness`, the ink's darkness against the page, 0..1: the largest connected component that
 * does not touch the picture's edge (any, where all do), with what is near it; null where there is none.
 */
export function findInk(darkness: Plane): Ink | null {
  const { width, height } = darkness;
  const large = Math.max(width, height) > 100;
  const calm = large ? smooth(darkness) : darkness;
  const noise = noiseLevel(calm);
  const peak = calm.data.reduce((a, b) => Math.max(a, b), 0);
  if (peak < Math.max(FAINTEST, 6 * noise)) return null;
  const visible = calm.data.filter((value) => value > Math.max(0.15 * peak, 4 * noise));
  const sure = Math.max(0.3 * peak, Math.min(0.6 * peak, otsuThreshold(visible)));
  const least = Math.max(0.05 * peak, 4 * noise);

  const { labels, components } = connectedComponents(calm, least, sure);
  const chosen = chooseDigit(components);
  if (!chosen) return null;
  const kept = new Set(chosen.map(({ label }) => label));
  const solid = mapPlane(calm, (value, i) => (value >= sure && kept.has(labels[i]) ? 1 : 0));
  // A stroke's soft edge is narrower than half the stroke; what is further off is the rest of a shadow.
  const near = dilate(solid, Math.ceil(strokeWidth(solid) / 2));
  const inside = mapPlane(near, (value, i) => (kept.has(labels[i]) ? value : 0));
  // The darkest tenth of the sure ink counts as full ink, as a pen's middle does.
  const sorted = calm.data.filter((value, i) => inside.data[i] === 1 && value >= sure).sort();
  const full = sorted[Math.floor(0.9 * (sorted.length - 1))];
  const from = Math.min(noise, 0.5 * least);
  const plane = mapPlane(darkness, (value, i) =>
    inside.data[i] ? Math.min(1, Math.max(0, (value - from) / (full - from))) : 0,
  );
  return {
    plane,
    box: boxOf(plane, least / full),
    strokeWidth: strokeWidth(solid),
  };
}

/** The standard deviation of the page, by the median of |darkness|, which the ink does not disturb. */
function noiseLevel({ data }: Plane): number {
  const step = Math.max(1, Math.floor(data.length / 20_000));
  const sample = new Float32Array(Math.ceil(data.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = Math.abs(data[i * step]);
  sample.sort();
  return 1.48 * sample[sample.length >> 1];
}

/** Regions above `least`, with eight neighbours, that hold something above `sure`. */
function connectedComponents(plane: Plane, least: number, sure: number) {
  const { width, height, data } = plane;
  const labels = new Int32Array(data.length);
  const components: Component[] = [];
  const stack: number[] = [];
  for (let start = 0; start < data.length; start++) {
    if (labels[start] !== 0 || data[start] < sure) continue;
    const label = components.length + 1;
    const box = { left: width, top: height, right: 0, bottom: 0 };
    let area = 0;
    labels[start] = label;
    stack.push(start);
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const x = i % width;
      const y = (i - x) / width;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
      if (data[i] >= sure) area++;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (labels[next] === 0 && data[next] >= least) {
            labels[next] = label;
            stack.push(next);
          }
        }
      }
    }
    const touchesEdge = box.left === 0 || box.top === 0 || box.right === width || box.bottom === height;
    components.push({ label, area, box, touchesEdge });
  }
  return { labels, components };
}

/** The largest component and those that belong to it. */
function chooseDigit(components: readonly Component[]): Component[] | null {
  const byArea = [...components].sort((a, b) => b.area - a.area);
  if (byArea.length === 0) return null;
  // What touches the edge is the page's border, a shadow or a finger, unless there is next to nothing else.
  const free = byArea.filter(({ touchesEdge }) => !touchesEdge);
  const largest = free.length > 0 && free[0].area > 0.1 * byArea[0].area ? free[0] : byArea[0];
  const candidates = largest.touchesEdge ? byArea : free;
  const chosen = [largest];
  let box = largest.box;
  const reach = NEAR * longerSide(box);
  for (const part of candidates) {
    if (part === largest || part.area < SPECK * largest.area || gap(part.box, box) > reach) continue;
    chosen.push(part);
    box = around(box, part.box);
  }
  const area = (parts: readonly Component[]) => parts.reduce((sum, part) => sum + part.area, 0);
  return area(chosen) >= DIGIT_SHARE * area(candidates) ? chosen : null;
}

export const longerSide = (box: Box) => Math.max(box.right - box.left, box.bottom - box.top);

/** The smallest box around all that is more than `least`. */
function boxOf({ width, height, data }: Plane, least: number): Box {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] <= least) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = y + 1;
    }
  }
  return box;
}

const around = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

const gap = (a: Box, b: Box) =>
  Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom, 0);

/** Twice the area over the circumference, of a plane of 0 and 1. */
export function strokeWidth({ width, height, data }: Plane): number {
  let area = 0;
  let edges = 0;
  const at = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] : 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (at(x, y) === 0) continue;
      area++;
      edges += 4 - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
    }
  }
  // Edges of pixels overrate a circumference of any direction by 4/π on average.
  return edges === 0 ? 0 : (2 * area) / (edges * (Math.PI / 4));
}
