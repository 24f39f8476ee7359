import type { Picture } from '../picture.js';

/** One channel of a picture as numbers, row-major `[height · width]`. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export const newPlane = (width: number, height: number): Plane => ({
  width,
  height,
  data: new Float32Array(width * height),
});

/** Luma of a picture (ITU-R BT.601), 0..1. */
export function toGrey({ width, height, channels, data }: Picture): Plane {
  const grey = newPlane(width, height);
  for (let i = 0; i < grey.data.length; i++) {
    const at = i * channels;
    const luma = channels === 1 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    grey.data[i] = luma / 255;
  }
  return grey;
}

/** A part of a plane, in its pixels; edges may be fractions and may lie outside, where all is 0. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * Resizes a part of a plane: by the mean over each new pixel's area where it shrinks, linearly where it grows.
 */
export function resize(source: Plane, width: number, height: number, box?: Box): Plane {
  const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: source.width, bottom: source.height };
  const columns = weights(left, right, width, source.width);
  const rows = weights(top, bottom, height, source.height);
  const narrow = newPlane(width, source.height);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, values } = columns[x];
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] * source.data[y * source.width + first + i];
      narrow.data[y * width + x] = sum;
    }
  }
  const out = newPlane(width, height);
  for (let y = 0; y < height; y++) {
    const { first, values } = rows[y];
    for (let i = 0; i < values.length; i++) {
      for (let x = 0; x < width; x++)
        out.data[y * width + x] += values[i] * narrow.data[(first + i) * width + x];
    }
  }
  return out;
}

/** For each new pixel, which old ones it is made of and by how much. */
function weights(start: number, end: number, count: number, limit: number) {
  const scale = (end - start) / count;
  return Array.from({ length: count }, (_, i) => {
    const centre = start + (i + 0.5) * scale;
    const reach = scale > 1 ? scale / 2 : 1;
    const first = Math.max(0, Math.floor(centre - reach));
    const last = Math.min(limit - 1, Math.ceil(centre + reach) - 1);
    const values: number[] = [];
    for (let x = first; x <= last; x++) {
      const covered = Math.min(x + 1, centre + reach) - Math.max(x, centre - reach);
      const near = 1 - Math.abs(x + 0.5 - centre);
      values.push(Math.max(0, scale > 1 ? covered / scale : near));
    }
    return { first: Math.min(first, limit - 1), values };
  });
}

/** The mean over 3 × 3 pixels; at the edges over those that there are. */
export function smooth({ width, height, data }: Plane): Plane {
  const sums = newPlane(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      sums.data[i] = data[i] + (x > 0 ? data[i - 1] : 0) + (x < width - 1 ? data[i + 1] : 0);
    }
  }
  const out = newPlane(width, height);
  const near = (at: number, limit: number) => 1 + (at > 0 ? 1 : 0) + (at < limit - 1 ? 1 : 0);
  for (let y = 0, i = 0; y < height; y++) {
    const rows = near(y, height);
    for (let x = 0; x < width; x++, i++) {
      const sum =
        sums.data[i] + (y > 0 ? sums.data[i - width] : 0) + (y < height - 1 ? sums.data[i + width] : 0);
      out.data[i] = sum / (rows * near(x, width));
    }
  }
  return out;
}

/** The largest value within `radius` pixels in both directions (grey dilation by a square). */
export function dilate(plane: Plane, radius: number): Plane {
  return alongColumns(alongRows(plane, radius), radius);
}

function alongRows({ width, height, data }: Plane, radius: number): Plane {
  const out = newPlane(width, height);
  for (let y = 0; y < height; y++) {
    slidingMaximum(data, out.data, y * width, 1, width, radius);
  }
  return out;
}

function alongColumns({ width, height, data }: Plane, radius: number): Plane {
  const out = newPlane(width, height);
  for (let x = 0; x < width; x++) slidingMaximum(data, out.data, x, width, height, radius);
  return out;
}

/** A queue of candidates in falling order (Lemire's streaming maximum): each value enters and leaves once. */
function slidingMaximum(
  from: Float32Array,
  to: Float32Array,
  offset: number,
  stride: number,
  length: number,
  radius: number,
): void {
  const queue = new Int32Array(length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < length + radius; i++) {
    if (i < length) {
      const value = from[offset + i * stride];
      while (tail > head && from[offset + queue[tail - 1] * stride] <= value) tail--;
      queue[tail++] = i;
    }
    const centre = i - radius;
    if (centre < 0) continue;
    while (queue[head] < centre - radius) head++;
    to[offset + centre * stride] = from[offset + queue[head] * stride];
  }
}

/** A plane by a function of each value. */
export function mapPlane({ width, height, data }: Plane, f: (value: number, i: number) => number): Plane {
  const out = newPlane(width, height);
  for (let i = 0; i < data.length; i++) out.data[i] = f(data[i], i);
  return out;
}
